namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Files with a great number at one place after the other, as somebody writes who wants memory to be taken.</summary>
internal static class GreatNumbers
{
    /// <summary>What a load may allocate, of files of a few KB: the free part of what a column may unpack to, and its levels beside it.</summary>
    internal const long AllowedBytes = 5 * Expansion.FreeBytes;

    /// <summary>Reads each of them: an error that names the file, or rows, and never more memory than <see cref="AllowedBytes"/>.</summary>
    /// <param name="path">Where they are written.</param>
    /// <param name="bytes">A file that is right.</param>
    /// <param name="numbers">The numbers, as bytes.</param>
    /// <param name="first">The first place.</param>
    /// <param name="step">How far it is to the next.</param>
    /// <param name="read">Reads all of the file.</param>
    internal static (int Read, int Refused) Try(string path, byte[] bytes, byte[][] numbers, int first, int step, Action<string> read)
    {
        var (readable, refused) = (0, 0);
        foreach (var number in numbers)
        {
            for (var place = first; place + number.Length <= bytes.Length; place += step)
            {
                var damaged = bytes.ToArray();
                number.CopyTo(damaged, place);
                File.WriteAllBytes(path, damaged);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(path);
                    readable++;
                }
                catch (InvalidDataException e)
                {
                    Assert.Contains(Path.GetFileName(path), e.Message);
                    refused++;
                }

                Assert.IsLessThan(AllowedBytes, GC.GetAllocatedBytesForCurrentThread() - before, $"byte {place}");
            }
        }

        return (readable, refused);
    }
}
