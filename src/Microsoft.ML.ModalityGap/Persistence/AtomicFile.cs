using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Writes a file beside its final name and moves it there when it is whole and on the disk, so that a failure, whether of the process or of the machine, leaves the old file or the new one.
/// </summary>
/// <remarks>
/// A process that is killed cannot clean up: what it left, <c>.NAME.….tmp</c> beside the file, goes when a later process writes the same file. A link is followed; mode, owner and group of a file that is replaced are kept, as far as the system allows that.
/// </remarks>
internal static partial class AtomicFile
{
    private const string TemporaryExtension = ".tmp";
    private const int NumberLength = 32;

    // Of each folder that was written into, what lay there before, by the file it was to become. A folder is looked through once: many shards would cost the square of their number.
    private static readonly ConcurrentDictionary<string, Lazy<ILookup<string, string>>> _left = new(StringComparer.Ordinal);

    internal static void Write(string path, Action<Stream> write)
    {
        var (directory, fullPath) = CheckTarget(path);
        Sweep(directory, Path.GetFileName(fullPath));
        var temporary = Path.Combine(directory, $"{GetPrefix(Path.GetFileName(fullPath))}{Guid.NewGuid():N}{TemporaryExtension}");
        try
        {
            // Held open, and so locked, until it has its name: no sweep takes it away.
            using var stream = new FileStream(temporary, CreateOptions(fullPath));
            write(stream);
            stream.Flush(flushToDisk: true);
            if (!OperatingSystem.IsWindows() && File.Exists(fullPath))
            {
                UnixFile.CopyOwner(fullPath, stream.SafeFileHandle);
                File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(fullPath));
            }

            Place(temporary, fullPath);
        }
        catch (Exception exception)
        {
            File.Delete(temporary);

            // Of the temporary file nobody has heard; what failed is to write the one that was asked for.
            if (exception is IOException or UnauthorizedAccessException && exception.Message.Contains(temporary, StringComparison.Ordinal))
                throw new IOException($"Cannot write '{path}': {DescribeReason(exception, directory, temporary)}.", exception) { HResult = exception.HResult };
            throw;
        }
    }

    private static FileStreamOptions CreateOptions(string fullPath)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None, BufferSize = 1 << 16 };

        // What replaces a file that others may not read is not theirs to read before it is there.
        if (!OperatingSystem.IsWindows() && File.Exists(fullPath))
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static string GetPrefix(string name) => $".{name}.";

    /// <summary>Removes what processes left that were killed while they wrote this file; what one is still writing is locked.</summary>
    private static void Sweep(string directory, string name)
    {
        foreach (var left in _left.GetOrAdd(directory, folder => new Lazy<ILookup<string, string>>(() => FindLeft(folder))).Value[name])
        {
            try
            {
                using var held = new FileStream(left, FileMode.Open, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
                File.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    // Of files whose names only look alike the middle is no number.
    private static ILookup<string, string> FindLeft(string directory) => Directory.EnumerateFiles(directory, ".*" + TemporaryExtension)
        .Select(path => (Path: path, Name: Path.GetFileName(path)))
        .Where(left => left.Name.Length > NumberLength + TemporaryExtension.Length + GetPrefix("").Length && GetNumber(left.Name) is ['.', .. var number] && Guid.TryParseExact(number, "N", out _))
        .ToLookup(left => left.Name[1..^(1 + NumberLength + TemporaryExtension.Length)], left => left.Path, StringComparer.Ordinal);

    private static string GetNumber(string name) => name[^(1 + NumberLength + TemporaryExtension.Length)..^TemporaryExtension.Length];

    /// <summary>Gives a file that is whole and on the disk its final name in the same folder, and puts the name on the disk.</summary>
    internal static void Place(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Puts a folder's new names on the disk, which a rename alone does not. Windows does it by itself.</summary>
    private static void FlushFolder(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open(directory, flags: 0);
        if (folder < 0)
            return;
        _ = Flush(folder);
        _ = Close(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    private static string DescribeReason(Exception exception, string directory, string temporary) => exception is UnauthorizedAccessException
        ? $"no permission to make files in '{directory}'"
        : exception.Message.Replace($"'{temporary}'", "", StringComparison.Ordinal).Trim(' ', ':', '.').ToLowerInvariant();

    /// <summary>Checks where a file is to go, which work that takes long does before it begins.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">The name is that of a folder or a device.</exception>
    internal static (string Directory, string FullPath) CheckTarget(string path)
    {
        var fullPath = FollowLink(Path.GetFullPath(path));
        if (Path.GetDirectoryName(fullPath) is not { } directory || Directory.Exists(fullPath))
            throw new IOException($"Cannot write '{path}': a folder has that name.");
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"Cannot write '{path}': the folder '{directory}' does not exist.");

        // The move that puts a file in place would replace /dev/null itself.
        if (directory == "/dev")
            throw new IOException($"Cannot write '{path}': a device can hold no file.");
        return (directory, fullPath);
    }

    /// <summary>Where a link leads: what it points at is replaced, not the link.</summary>
    private static string FollowLink(string fullPath) => new FileInfo(fullPath) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : fullPath;
}
