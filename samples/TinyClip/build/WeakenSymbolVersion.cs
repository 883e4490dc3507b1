// An inline MSBuild task (samples/TinyClip/build/LibTorchSharp.targets), compiled by RoslynCodeTaskFactory against netstandard2.0.
using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one required symbol version of a 64-bit little-endian ELF library as weak (VER_FLG_WEAK), so that the dynamic linker does not
/// refuse the library where that version is missing. Does nothing to a library that does not ask for the version.
/// </summary>
public class WeakenSymbolVersion : Task
{
    private const uint VersionNeedsSection = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>The library to change, in place.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The symbol version, for example GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    /// <inheritdoc />
    public override bool Execute()
    {
        var elf = File.ReadAllBytes(Library);
        if (elf.Length < 64 || BitConverter.ToUInt32(elf, 0) != 0x464c457f || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError($"'{Library}' is no 64-bit little-endian ELF library.");
            return false;
        }

        var sections = BitConverter.ToInt64(elf, 0x28);
        int sectionSize = BitConverter.ToUInt16(elf, 0x3a), sectionCount = BitConverter.ToUInt16(elf, 0x3c);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = (int)sections + (i * sectionSize);
            if (BitConverter.ToUInt32(elf, section + 4) != VersionNeedsSection)
                continue;

            var names = (int)BitConverter.ToInt64(elf, (int)sections + ((int)BitConverter.ToUInt32(elf, section + 40) * sectionSize) + 24);
            WeakenIn(elf, (int)BitConverter.ToInt64(elf, section + 24), names);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>Walks the lists of needed libraries (Verneed) and of versions needed of each (Vernaux).</summary>
    private void WeakenIn(byte[] elf, int need, int names)
    {
        for (int next = -1; next != 0; need += next)
        {
            next = BitConverter.ToInt32(elf, need + 12);
            var version = need + BitConverter.ToInt32(elf, need + 8);
            for (int nextVersion = -1; nextVersion != 0; version += nextVersion)
            {
                nextVersion = BitConverter.ToInt32(elf, version + 12);
                var flags = BitConverter.ToUInt16(elf, version + 4);
                if (NameAt(elf, names + BitConverter.ToInt32(elf, version + 8)) == SymbolVersion && (flags & Weak) == 0)
                {
                    elf[version + 4] |= (byte)Weak;
                    File.WriteAllBytes(Library, elf);
                }
            }
        }
    }

    private static string NameAt(byte[] elf, int offset) => Encoding.ASCII.GetString(elf, offset, Array.IndexOf(elf, (byte)0, offset) - offset);
}
