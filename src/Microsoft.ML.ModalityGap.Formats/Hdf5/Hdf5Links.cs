using PureHDF.VFD;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether a group of a file links to another file. PureHDF opens what such a link names, whatever it is, when it looks at the group; a file from a stranger could name any.</summary>
internal static class Hdf5Links
{
    private const int MaximumObjects = 1 << 20;

    /// <summary>Goes over all groups by what is in the file alone, and follows no link that is a path.</summary>
    /// <returns>How many groups and data sets, and trees of groups, the file has.</returns>
    /// <exception cref="InvalidDataException">A group links to another file.</exception>
    internal static int Check(string path, NativeFile file)
    {
        var context = file.Context;
        var root = (IsTree: false, Address: file.Reference.Value);
        var seen = new HashSet<(bool IsTree, ulong Address)>([root]);
        var waiting = new Queue<(bool IsTree, ulong Address)>([root]);
        while (waiting.TryDequeue(out var place))
        {
            context.Driver.SeekRelativeToBaseAddress((long)place.Address);
            foreach (var next in place.IsTree ? ListEntries(context) : ListObjects(path, context, ObjectHeader.Construct(context)))
            {
                if (!context.Superblock.IsUndefinedAddress(next.Address) && seen.Add(next))
                    waiting.Enqueue(next);
            }

            if (seen.Count > MaximumObjects)
                throw new InvalidDataException($"'{path}' has more than {MaximumObjects} groups and data sets.");
        }

        return seen.Count;
    }

    private static IEnumerable<(bool IsTree, ulong Address)> ListObjects(string path, NativeReadContext context, ObjectHeader header)
    {
        foreach (var table in header.GetMessages<SymbolTableMessage>())
            yield return (true, table.BTree1Address);
        foreach (var link in header.GetMessages<LinkMessage>().Concat(header.GetMessages<LinkInfoMessage>().SelectMany(info => ListLinks(context, info))))
        {
            if (link.LinkInfo is HardLinkInfo hard)
                yield return (false, hard.HeaderAddress);
            else if (link.LinkInfo is ExternalLinkInfo other)
                throw new InvalidDataException($"'{path}' links to another file: '{link.LinkName}' is '{other.FullObjectPath}' of '{other.FilePath}'. Copy what it is to have into one file, or take the link out.");
        }
    }

    /// <summary>Links of a group of many, which lie in a heap.</summary>
    private static IEnumerable<LinkMessage> ListLinks(NativeReadContext context, LinkInfoMessage info)
    {
        if (context.Superblock.IsUndefinedAddress(info.BTree2NameIndexAddress))
            yield break;
        var heap = info.FractalHeap;
        List<BTree2Record01>? huge = null;
        foreach (var record in info.BTree2NameIndex.EnumerateRecords().ToList())
        {
            using var id = new H5StreamDriver(new MemoryStream(record.HeapId), leaveOpen: false);
            yield return FractalHeapId.Construct(context, id, heap).Read(_ => LinkMessage.Decode(context), ref huge);
        }
    }

    /// <summary>What a group of the first kind holds, by its tree of tables; and the trees that a table says are those of groups in it. Such a group has no links to other files.</summary>
    private static IEnumerable<(bool IsTree, ulong Address)> ListEntries(NativeReadContext context)
    {
        var tree = BTree1Node<BTree1GroupKey>.Decode(context, () => BTree1GroupKey.Decode(context));
        foreach (var address in tree.EnumerateNodes().SelectMany(node => node.ChildAddresses))
        {
            context.Driver.SeekRelativeToBaseAddress((long)address);
            foreach (var entry in SymbolTableNode.Decode(context).GroupEntries)
            {
                if (entry.ScratchPad is ObjectHeaderScratchPad group)
                    yield return (true, group.BTree1Address);
                if (entry.ScratchPad is not SymbolicLinkScratchPad)
                    yield return (false, entry.HeaderAddress);
            }
        }
    }
}
