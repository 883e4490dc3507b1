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
}
