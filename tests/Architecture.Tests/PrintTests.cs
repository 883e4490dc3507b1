using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace Architecture.Tests;

/// <summary>Estimators, fitted transformers and indexes print what they are, rather than the name of a .NET type.</summary>
[TestClass]
public class PrintTests
{
    [TestMethod]
    [DataRow(typeof(EmbeddingMap))]
    [DataRow(typeof(EncodeWithOnnxTransformer))]
    public void Components_PrintWhatTheyAre(Type package)
    {
        var components = package.Assembly.GetExportedTypes().Where(type => !type.IsAbstract && (typeof(ITransformer).IsAssignableFrom(type) || IsEstimator(type) || type == typeof(EmbeddingIndex))).ToArray();
        Assert.IsGreaterThan(5, components.Length);
        var silent = components.Where(type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType!.Assembly == typeof(object).Assembly).Select(type => type.Name);
        Assert.AreEqual("", string.Join(", ", silent));
    }

    private static bool IsEstimator(Type type) => type.GetInterfaces().Any(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEstimator<>));
}
