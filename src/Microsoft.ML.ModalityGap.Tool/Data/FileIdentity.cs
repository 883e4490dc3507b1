using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Whether two paths are one file, as hard links are: by device and inode, or on Windows by volume and file index. .NET does not tell.</summary>
internal static class FileIdentity
{
    private const int StatSize = 256, StatDevice = 0, StatInode = 8;
    private const int InformationSize = 52, InformationVolume = 28, InformationIndexHigh = 44, InformationIndexLow = 48;

    /// <summary>Whether both exist and are one file; <see langword="false"/> where the system does not tell.</summary>
    internal static bool AreSame(string first, string second) => File.Exists(first) && File.Exists(second) && Find(first) is { } one && Find(second) == one;

    private static (ulong Device, ulong File)? Find(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? UnixFile.FindIdentity(path) : OperatingSystem.IsMacOS() ? FindOnMac(path) : OperatingSystem.IsWindows() ? FindOnWindows(path) : null;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (ulong, ulong)? FindOnMac(string path)
    {
        var buffer = new byte[StatSize];
        var result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? StatWithLongInode(ToBytes(path), buffer) : Stat(ToBytes(path), buffer);
        return result == 0 ? (BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(StatDevice)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(StatInode))) : null;
    }

    private static (ulong, ulong)? FindOnWindows(string path)
    {
        using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[InformationSize];
        if (!GetFileInformationByHandle(handle, buffer))
            return null;
        var file = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(InformationIndexHigh)) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(InformationIndexLow));
        return (BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(InformationVolume)), file);
    }

    private static byte[] ToBytes(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    [DllImport("libc", EntryPoint = "stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(byte[] path, byte[] buffer);

    [DllImport("libc", EntryPoint = "stat$INODE64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatWithLongInode(byte[] path, byte[] buffer);

    [DllImport("kernel32", EntryPoint = "GetFileInformationByHandle")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetFileInformationByHandle(SafeFileHandle handle, byte[] information);
}
