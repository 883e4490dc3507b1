using System.Reflection;

namespace Microsoft.ML.ModalityGap.Tests.Packaging;

/// <summary>
/// The library uses members of ML.NET that are not public. They are listed here, so that a version of ML.NET that changes them, or a change of ours that
/// leans on more of them, fails in this place and by name.
/// </summary>
[TestClass]
public class MLNetInternalsTests
{
    [TestMethod]
    public void Library_NonPublicMembersOfMLNet_AreThoseListed() => MLNetInternals.Check(typeof(EmbeddingMap).Assembly);

    [TestMethod]
    public void Library_RunsOnTheVersionOfMLNet_ThatTheListIsOf() =>
        StringAssert.StartsWith(typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, "6.0.0");
}
