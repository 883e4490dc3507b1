namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>What this process holds open, as Linux tells it.</summary>
internal static class OpenHandles
{
    /// <summary>Throws if a file of the folder is open, or mapped; where that cannot be known, the test ends as inconclusive.</summary>
    public static void AssertNone(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Only Linux tells what is open.");
            return;
        }

        var open = Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(FindTarget).Where(target => target.StartsWith(folder, StringComparison.Ordinal)).ToArray();
        Assert.IsEmpty(open, $"Still open: {string.Join(", ", open)}.");
        Assert.DoesNotContain(folder, File.ReadAllText("/proc/self/maps"));
    }

    private static string FindTarget(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }
}
