using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>What a process did to a file, as <c>powercut.c</c> wrote it down.</summary>
/// <param name="Kind">The operation's letter.</param>
/// <param name="Key">Which file, whatever its name.</param>
/// <param name="Offset">Where it was written, or to what length it was cut.</param>
/// <param name="Path">The file's or folder's name at that time; what was renamed.</param>
/// <param name="Target">What it was renamed to.</param>
/// <param name="Data">What was written.</param>
internal sealed record DiskOperation(char Kind, int Key, long Offset, string Path, string Target, byte[] Data)
{
    private const int HeaderLength = 21;

    /// <summary>Whether names change, rather than what files hold.</summary>
    internal bool IsOfNames => Kind is 'c' or 'r' or 'u';

    internal static IReadOnlyList<DiskOperation> Read(string path)
    {
        var operations = new List<DiskOperation>();
        for (var log = File.ReadAllBytes(path).AsSpan(); !log.IsEmpty;)
        {
            var (kind, key) = ((char)log[0], BinaryPrimitives.ReadInt32LittleEndian(log[1..]));
            var (first, second) = (BinaryPrimitives.ReadInt32LittleEndian(log[5..]), BinaryPrimitives.ReadInt32LittleEndian(log[9..]));
            var one = log.Slice(HeaderLength, first);
            var two = log.Slice(HeaderLength + first, second);
            operations.Add(new DiskOperation(
                kind, key, BinaryPrimitives.ReadInt64LittleEndian(log[13..]), kind == 'w' ? "" : Encoding.UTF8.GetString(one), Encoding.UTF8.GetString(two), kind == 'w' ? one.ToArray() : []));
            log = log[(HeaderLength + first + second)..];
        }

        return operations;
    }
}
