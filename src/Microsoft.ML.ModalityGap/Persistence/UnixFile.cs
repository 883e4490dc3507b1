using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>What Unix knows and does of a file and .NET does not: its kind, its owner, which it is, to make room and to write ahead. All of it is Linux's; elsewhere nothing is known, and nothing done.</summary>
internal static partial class UnixFile
{
    private const int CurrentFolder = -100, Asked = 0x1 | 0x8 | 0x10 | 0x100; // type, owner, group, inode

    // struct statx of linux/stat.h, the same on all architectures.
    private const int StatusLength = 256, UserAt = 20, GroupAt = 24, ModeAt = 28, InodeAt = 32, DeviceMajorAt = 136, DeviceMinorAt = 140;
    private const ushort KindMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    private const uint Unchanged = uint.MaxValue;
    private const uint BeginWriting = 2; // SYNC_FILE_RANGE_WRITE
    private const int KeepLength = 1; // FALLOC_FL_KEEP_SIZE

    /// <summary>Whether it is something else than a file or a folder: a pipe, which may never end or never begin, or a device.</summary>
    internal static bool IsSpecial(string path) => Find(path) is { } status && (status.Kind is not (Regular or Folder));

    /// <summary>Which file or folder it is, whatever the path and the links in it; <see langword="null"/> where there is none or nothing is known.</summary>
    internal static (ulong Device, ulong Inode)? FindIdentity(string path) => Find(path) is { } status ? (status.Device, status.Inode) : null;

    /// <summary>Gives a file the owner and the group of another, as far as the system allows that.</summary>
    internal static void CopyOwner(string from, SafeHandle to)
    {
        if (Find(from) is not { } status)
            return;
        var descriptor = (int)to.DangerousGetHandle();

        // Only root may give files away; but whoever belongs to a group may give it theirs.
        if (ChangeOwner(descriptor, status.User, status.Group) != 0)
            _ = ChangeOwner(descriptor, Unchanged, status.Group);
    }

    /// <summary>
    /// Has the file system find room for what is going to be written, all at once instead of page by page. The file stays as long as it is. It promises nothing: where there is no room, or none can be kept, it is writing that fails, or does not.
    /// </summary>
    internal static void Reserve(SafeHandle file, long offset, long length)
    {
        // Where numbers have 32 bits the function takes others.
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
            _ = Allocate((int)file.DangerousGetHandle(), KeepLength, offset, length);
    }

    /// <summary>
    /// Has the system begin to put on the disk what was written so far, without waiting for it: what a flush at the end would else do all at once, while the processor has nothing left to do. It promises nothing.
    /// </summary>
    internal static void BeginFlush(SafeHandle file)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // From the beginning to the end; what is on its way already is passed over. A pipe or a device has nothing to put anywhere, which is no error here.
            _ = SyncRange((int)file.DangerousGetHandle(), 0, 0, BeginWriting);
        }
        catch (EntryPointNotFoundException)
        {
        }
    }

    private static (int Kind, uint User, uint Group, ulong Device, ulong Inode)? Find(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> status = stackalloc byte[StatusLength];
        try
        {
            if (GetStatus(CurrentFolder, path, flags: 0, Asked, status) != 0)
                return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a libc from before 2018
        }

        return (
            BitConverter.ToUInt16(status[ModeAt..]) & KindMask,
            BitConverter.ToUInt32(status[UserAt..]),
            BitConverter.ToUInt32(status[GroupAt..]),
            ((ulong)BitConverter.ToUInt32(status[DeviceMajorAt..]) << 32) | BitConverter.ToUInt32(status[DeviceMinorAt..]),
            BitConverter.ToUInt64(status[InodeAt..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(int descriptor, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(int descriptor, uint user, uint group);
}
