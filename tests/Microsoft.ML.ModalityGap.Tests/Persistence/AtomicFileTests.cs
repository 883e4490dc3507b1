namespace Microsoft.ML.ModalityGap.Tests.Persistence;

[TestClass]
public class AtomicFileTests
{
    private const int DiskFull = 28;

    /// <summary>As the system words a full disk: by the name of the file that is written, of which nobody has heard.</summary>
    [TestMethod]
    public void Write_FailingAtTheTemporaryFile_NamesTheOutputAndTheReason()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        try
        {
            var path = Path.Combine(folder, "out.npy");
            var exception = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(
                path, stream => throw new IOException($"No space left on device : '{((FileStream)stream).Name}'", DiskFull)));
            Assert.AreEqual($"Cannot write '{path}': no space left on device.", exception.Message);
            Assert.AreEqual(DiskFull, exception.HResult);
            Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What fails elsewhere while the file is written is said as it is.</summary>
    [TestMethod]
    public void Write_FailingAtAnotherFile_IsNotReworded()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        try
        {
            var exception = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(Path.Combine(folder, "out.npy"), _ => throw new IOException("'in.npy' is gone.")));
            Assert.AreEqual("'in.npy' is gone.", exception.Message);
            Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a killed process left of this file goes with the next write; what another is writing now, and files of like names, stay.</summary>
    [TestMethod]
    public void Write_SweepsWhatAKilledProcessLeft()
    {
        using var folder = new TemporaryFolder();
        var left = folder.File($".out.npy.{Guid.NewGuid():N}.tmp");
        var current = folder.File($".out.npy.{Guid.NewGuid():N}.tmp");
        string[] others = [folder.File($".out.npy.2.{Guid.NewGuid():N}.tmp"), folder.File(".out.npy.mine.tmp"), folder.File($".other.npy.{Guid.NewGuid():N}.tmp")];
        foreach (var path in (string[])[left, .. others])
            File.WriteAllText(path, "half");
        using (var writing = new FileStream(current, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            AtomicFile.Write(folder.File("out.npy"), stream => stream.WriteByte(1));
            Assert.IsFalse(File.Exists(left));
            Assert.IsTrue(File.Exists(current));
        }

        foreach (var other in others)
            Assert.IsTrue(File.Exists(other), other);
        CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(folder.File("out.npy")));
    }

    /// <summary>A folder is looked through once: else n shards would list it n times.</summary>
    [TestMethod]
    public void Write_IntoAFolderOfThisProcess_DoesNotLookThroughItAgain()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.File("0.npy"), stream => stream.WriteByte(1));
        var later = folder.File($".1.npy.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(later, "half");
        AtomicFile.Write(folder.File("1.npy"), stream => stream.WriteByte(1));
        Assert.IsTrue(File.Exists(later), "It is for the next process.");
    }

    [TestMethod]
    public void Write_OverALink_ReplacesWhatItPointsAt()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("store"));
        File.WriteAllText(folder.File("store/real.npy"), "old");
        try
        {
            File.CreateSymbolicLink(folder.File("link.npy"), folder.File("store/real.npy"));
        }
        catch (IOException exception)
        {
            Assert.Inconclusive("No links can be made here: " + exception.Message);
        }

        AtomicFile.Write(folder.File("link.npy"), stream => stream.Write("new"u8));
        Assert.IsNotNull(new FileInfo(folder.File("link.npy")).LinkTarget);
        Assert.AreEqual("new", File.ReadAllText(folder.File("store/real.npy")));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.File("store")));
    }

    /// <summary>Root replaces a file of somebody else's, as a nightly job does.</summary>
    [TestMethod]
    public void Write_KeepsTheOwnerOfWhatItReplaces()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("out.npy");
        File.WriteAllText(path, "old");
        if (!OperatingSystem.IsLinux() || Run("chown", "1234:2345", path).Status != 0)
        {
            Assert.Inconclusive("Only root on Linux can give files away.");
            return;
        }

        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.AreEqual("1234:2345", Run("stat", "-c", "%u:%g", path).Output.Trim());
        Assert.AreEqual("new", File.ReadAllText(path));

        static (int Status, string Output) Run(string program, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
    }

    /// <summary>What replaces a private file is private before it is complete.</summary>
    [TestMethod]
    public void Write_OverAPrivateFile_IsPrivateFromTheStart()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no such modes.");
            return;
        }

        using var folder = new TemporaryFolder();
        var path = folder.File("out.npy");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        UnixFileMode? mode = null;
        AtomicFile.Write(path, stream => mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(((FileStream)stream).SafeFileHandle));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    [TestMethod]
    public void Write_KeepsTheModeOfWhatItReplaces()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no such modes.");
            return;
        }

        using var folder = new TemporaryFolder();
        var path = folder.File("out.npy");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.AreEqual("new", File.ReadAllText(path));
    }
}
