using System.Reflection;
using Microsoft.ML.ModalityGap.Fuzz;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>Whatever public member takes a file or a stream is attacked by a reader of the fuzzer.</summary>
[TestClass]
public class ReaderListTests
{
    private static readonly Assembly[] _packages =
        [typeof(EmbeddingMap).Assembly, typeof(ClipTokenizer).Assembly, typeof(ModalityGapModel).Assembly, typeof(TableFilesCatalog).Assembly, typeof(EmbeddingVectorStore).Assembly, typeof(ApproximateIndex).Assembly];

    /// <summary>Members that only hand on to one that is attacked.</summary>
    private static readonly string[] _handOn =
    [
        "ModelImage.FromFile", "ModelImage.FromStream", "ModelImage.op_Implicit", // kept as they are; read by ModalityGapModel's image pipeline, which the image readers attack
        "ClipEmbeddingServiceCollectionExtensions.AddClipImageEmbeddingGenerator", "ClipEmbeddingServiceCollectionExtensions.AddClipTextEmbeddingGenerator", // the same folder
        "EmbedClipImagesOptions.ImageFolder", "PreprocessClipImagesOptions.ImageFolder", "EncoderVerificationOptions.ImageFolder", // where images lie, each of which an image reader attacks
        "BenchmarkModel.Folder", "BenchmarkOptions.CacheFolder", // of Benchmark: a model folder, and what it wrote itself
        "EmbeddingId.op_Implicit", // an id that is a text, no file
        "ClipEmbeddingCatalog.EmbedClipImages", "ClipEmbeddingCatalog.EmbedClipText", // a model folder, each of whose files has a reader
    ];

    [TestMethod]
    public void PublicReaders_AllHaveATarget()
    {
        var readers = _packages.SelectMany(package => package.GetExportedTypes()).SelectMany(FindReaders).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.IsGreaterThan(20, readers.Length);
        var covered = FuzzTargets.All.SelectMany(target => target.Covers).ToArray();
        Assert.AreEqual("", string.Join(", ", readers.Except(covered).Except(_handOn)), "Readers without a target in tests/Microsoft.ML.ModalityGap.Fuzz");
        Assert.AreEqual("", string.Join(", ", covered.Except(readers)), "Targets of what is no public reader");
        Assert.AreEqual("", string.Join(", ", _handOn.Except(readers)));
    }

    [TestMethod]
    public void Targets_HaveNamesOfTheirOwn()
    {
        CollectionAssert.AllItemsAreUnique(FuzzTargets.Known.Select(target => target.Name).ToArray());
        foreach (var type in typeof(FuzzTarget).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(FuzzTarget)) && !type.IsAbstract))
            Assert.IsTrue(FuzzTargets.Known.Any(target => target.GetType() == type), $"{type.Name} is not registered in {nameof(FuzzTargets)}.");
    }

    private static IEnumerable<string> FindReaders(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var method in type.GetMethods(Own))
        {
            if (!method.IsSpecialName && !method.Name.StartsWith("Save", StringComparison.Ordinal) && !method.Name.StartsWith("get_", StringComparison.Ordinal) && method.GetParameters().Any(NamesAFile))
                yield return $"{type.Name}.{method.Name}";
            if (method.Name == "op_Implicit" && method.GetParameters()[0].ParameterType is var from && (from == typeof(string) || from == typeof(Stream)))
                yield return $"{type.Name}.{method.Name}";
        }

        foreach (var property in type.GetProperties(Own).Where(property => property.PropertyType == typeof(string) && property.CanWrite && NamesAFile(property.Name)))
            yield return $"{type.Name}.{property.Name}";
    }

    private static bool NamesAFile(ParameterInfo parameter) => parameter.ParameterType == typeof(Stream)
        || (parameter.ParameterType == typeof(string) && NamesAFile(parameter.Name!))
        || (parameter.Name == "files" && parameter.ParameterType != typeof(string));

    private static bool NamesAFile(string name) => name.EndsWith("path", StringComparison.OrdinalIgnoreCase) || name.EndsWith("folder", StringComparison.OrdinalIgnoreCase) || name.EndsWith("file", StringComparison.OrdinalIgnoreCase);
}
