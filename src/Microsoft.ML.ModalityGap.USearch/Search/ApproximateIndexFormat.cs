using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of an <see cref="ApproximateIndex"/>: what it is, the index with its rows, then each graph in parts.</summary>
/// <remarks>
/// <code>
/// block MGAX: int32 connectivity, int32 expansion when adding, int32 expansion when searching, int32 candidates, byte storage, text modality of queries (empty for none)
///             int32 number of keys given, int32 rows, per row int32 its key
///             int32 number of graphs, per graph bool whether its rows have a modality, text modality, float32 mean bias, float32 length of vectors, int64 bytes
/// the index (EmbeddingIndexFormat)
/// block MGAG: int32 graph, int32 part, up to 16 MB of the graph (StoredGraph)
/// </code>
/// </remarks>
internal static class ApproximateIndexFormat
{
    private const int PartLength = 1 << 24;
    private const string What = "approximate index";

    private static readonly BlockSignature _head = new("MGAX", Version: 1);
    private static readonly BlockSignature _part = new("MGAG", Version: 1);

    /// <summary>Whether a file may state so many keys. Those that were given and taken back are counted, not kept; a number without end would be memory without end.</summary>
    internal static bool IsAcceptable(int keyCount, int rows) => keyCount / 16 <= Math.Max(1 << 20, rows);

    /// <exception cref="InvalidOperationException">So many rows were removed that no reader would take the file.</exception>
    internal static void Write(Stream stream, ApproximateIndex index, string? queryModality, List<int> keys, int keyCount, IReadOnlyList<ModalityGraph> graphs)
    {
        if (!IsAcceptable(keyCount, keys.Count))
            throw new InvalidOperationException($"{keyCount - keys.Count} rows were removed from these graphs, which hold {keys.Count}: too many to be stored. Make the {nameof(ApproximateIndex)} again from its {nameof(ApproximateIndex.Index)}.");
        var lengths = graphs.Select(graph => graph.Graph.StoredLength).ToArray();
        CheckedBlock.Write(stream, _head, writer =>
        {
            writer.Write(index.Options.Connectivity);
            writer.Write(index.Options.ExpansionAdd);
            writer.Write(index.ExpansionSearch);
            writer.Write(index.Candidates);
            writer.Write((byte)index.Options.Storage);
            writer.WriteText(queryModality ?? "");
            writer.Write(keyCount);
            writer.Write(keys.Count);
            writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(keys)));
            writer.Write(graphs.Count);
            for (var i = 0; i < graphs.Count; i++)
            {
                writer.Write(graphs[i].Modality is not null);
                writer.WriteText(graphs[i].Modality ?? "");
                writer.Write(graphs[i].Vectors.MeanBias);
                writer.Write(graphs[i].Vectors.Length);
                writer.Write(lengths[i]);
            }
        });
        index.Index.Save(stream);
        for (var i = 0; i < graphs.Count; i++)
        {
            using var buffer = graphs[i].Graph.Save();
            for (var part = 0; (long)part * PartLength < buffer.Length; part++)
            {
                CheckedBlock.Write(stream, _part, writer =>
                {
                    writer.Write(i);
                    writer.Write(part);
                    writer.Write(buffer.GetSpan((long)part * PartLength, (int)Math.Min(PartLength, buffer.Length - (long)part * PartLength)));
                });
            }
        }
    }

    internal static ApproximateIndex Read(Stream stream)
    {
        var head = CheckedBlock.Read(stream, _head, What, ReadHead);
        var index = EmbeddingIndex.Load(stream);
        var approximate = CheckedBlock.Interpret(What, () => ApproximateIndex.Restore(index, head.Options, head.Keys, head.KeyCount));
        try
        {
            for (var i = 0; i < head.Graphs.Length; i++)
            {
                var graph = head.Graphs[i];
                using var buffer = ReadParts(stream, i, graph.Bytes);
                approximate.Restore(graph.Modality, graph.MeanBias, graph.Length, buffer);
            }

            return approximate.HasAllGraphs ? approximate : throw new InvalidDataException($"This {What} is damaged: it lacks the graph of a modality.");
        }
        catch
        {
            approximate.Dispose();
            throw;
        }
    }

    private static Head ReadHead(BlockReader reader)
    {
        var options = new ApproximateIndexOptions
        {
            Connectivity = reader.ReadInt32(),
            ExpansionAdd = reader.ReadInt32(),
            ExpansionSearch = reader.ReadInt32(),
            Candidates = reader.ReadInt32(),
            Storage = (IndexStorage)reader.ReadByte(),
            QueryModality = reader.ReadText() is { Length: > 0 } modality ? modality : null,
        };
        var keyCount = reader.ReadInt32();
        var keys = new int[Math.Min(reader.ReadInt32(), reader.Remaining / sizeof(int))];
        reader.CopyTo(MemoryMarshal.AsBytes(keys.AsSpan()));

        if (keyCount < keys.Length || !IsAcceptable(keyCount, keys.Length))
            throw new InvalidDataException($"This {What} is damaged: it states {keyCount} keys for {keys.Length} rows.");
        var graphs = new StoredHead[reader.ReadCount()];
        for (var i = 0; i < graphs.Length; i++)
        {
            var hasModality = reader.ReadBoolean();
            var name = reader.ReadText();
            graphs[i] = new StoredHead(hasModality ? name : null, ReadFinite(reader), ReadFinite(reader), reader.ReadInt64());
            if (graphs[i].Length <= 0 || graphs[i].Bytes <= 0)
                throw new InvalidDataException($"This {What} is damaged: it states a graph of {graphs[i].Bytes} bytes, whose vectors are {graphs[i].Length} long.");
        }

        return new Head(options, keys, keyCount, graphs);
    }

    private static float ReadFinite(BlockReader reader) =>
        reader.ReadSingle() is var value && float.IsFinite(value) ? value : throw new InvalidDataException($"This {What} is damaged: it states a bias or a length of {value}.");

    /// <summary>Memory is taken for what is there, not for what the head announced.</summary>
    private static NativeBuffer ReadParts(Stream stream, int graph, long bytes)
    {
        var buffer = new NativeBuffer();
        try
        {
            for (var part = 0; buffer.Length < bytes; part++)
            {
                CheckedBlock.Read(stream, _part, What, reader =>
                {
                    var (ofGraph, number) = (reader.ReadInt32(), reader.ReadInt32());
                    var length = (int)Math.Min(PartLength, bytes - buffer.Length);
                    if (ofGraph != graph || number != part || reader.Remaining != length)
                        throw new InvalidDataException($"This {What} is damaged: part {part} of graph {graph} says that it is part {number} of graph {ofGraph}, and has {reader.Remaining} bytes for {length}.");
                    buffer.Append(reader.ReadBytes(length));
                    return true;
                });
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private sealed record Head(ApproximateIndexOptions Options, int[] Keys, int KeyCount, StoredHead[] Graphs);

    private readonly record struct StoredHead(string? Modality, float MeanBias, float Length, long Bytes);
}
