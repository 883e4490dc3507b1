using System.Reflection;
using Microsoft.ML.ModalityGap;

namespace Architecture.Tests;

[TestClass]
public class BlockSignatureTests
{
    [TestMethod]
    public void Signatures_OfAllThatIsStored_AreFourLettersOfTheirOwn()
    {
        var names = new[] { typeof(EmbeddingMap), typeof(EncodeWithOnnxTransformer), typeof(EmbeddingVectorStore) }.SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(BlockSignature) && !field.DeclaringType!.IsGenericType)
            .Select(field => ((BlockSignature)field.GetValue(null)!).Name)
            .ToArray();
        Assert.IsGreaterThan(15, names.Length);
        CollectionAssert.AllItemsAreUnique(names);
        foreach (var name in names)
            Assert.IsTrue(name.Length == 4 && name.All(char.IsAsciiLetterUpper), name);
    }
}
