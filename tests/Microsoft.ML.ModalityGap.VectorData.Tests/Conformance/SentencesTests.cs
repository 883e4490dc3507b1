using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>
/// Which test holds what Microsoft.Extensions.VectorData documents: <c>Sentences.txt</c> has a line for each documented member with the tests that hold its sentences (each quotes the one it holds), or a dash where it says nothing that a
/// store could do otherwise. A digest of each member's text is beside it, so that sentences which a later version changes or adds have to be looked at.
/// </summary>
[TestClass]
public class SentencesTests
{
    private const string Prefix = "Microsoft.Extensions.VectorData.";

    // What connectors are built with, and filters of before LINQ.
    private static readonly string[] _notForUsers = ["ProviderServices.", "FilterClause"];

    [TestMethod]
    public void EveryDocumentedMember_IsHeldByTestsThatAreThere()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Conformance", "Sentences.txt"));
        var held = lines.ToDictionary(line => line[..line.IndexOf(": ", StringComparison.Ordinal)], line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(", "), StringComparer.Ordinal);
        var documented = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Conformance", "VectorData.xml"), LoadOptions.PreserveWhitespace).Descendants("member")
            .Select(member => (Name: member.Attribute("name")!.Value, Text: string.Join(' ', member.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))))
            .Where(member => member.Name[2..].StartsWith(Prefix, StringComparison.Ordinal) && !_notForUsers.Any(part => member.Name.Contains(part, StringComparison.Ordinal)))
            .Select(member => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(member.Text)))[..8]} {member.Name.Replace(Prefix, "", StringComparison.Ordinal)}").ToArray();
        Assert.IsGreaterThan(100, documented.Length);
        Assert.AreEqual("", string.Join("\n", documented.Except(held.Keys)), "Documented, and not looked at in this wording.");
        Assert.AreEqual("", string.Join("\n", held.Keys.Except(documented)), "No longer documented so.");

        var tests = typeof(SentencesTests).Assembly.GetTypes().SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(TestMethodAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}")).ToHashSet(StringComparer.Ordinal);
        Assert.AreEqual("", string.Join("\n", held.Values.SelectMany(names => names).Where(name => name != "-" && !tests.Contains(name)).Distinct()), "Tests that are not there.");
    }
}
