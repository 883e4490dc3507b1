using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>Makes SentencePiece's precompiled rules the plain way: each node of the tree has a block of 256 units to itself.</summary>
internal static class CharacterMapWriter
{
    public static byte[] Create(params (string From, string To)[] rules)
    {
        var nodes = new List<Dictionary<byte, int>> { new() }; // children by label
        var values = new List<int> { -1 };
        using var texts = new MemoryStream();
        foreach (var (from, to) in rules)
        {
            var node = 0;
            foreach (var label in Encoding.UTF8.GetBytes(from))
            {
                if (!nodes[node].TryGetValue(label, out var child))
                {
                    nodes[node][label] = child = nodes.Count;
                    nodes.Add([]);
                    values.Add(-1);
                }

                node = child;
            }

            values[node] = (int)texts.Length;
            texts.Write(Encoding.UTF8.GetBytes(to));
            texts.WriteByte(0);
        }

        // Node n's children, and its value at label 0, are in block n + 1; the root itself is unit 0.
        var units = new uint[(nodes.Count + 1) * 256];
        Array.Fill(units, 0x8000_0001u);
        units[0] = CreateUnit(0, 0, 256, false);
        for (var n = 0; n < nodes.Count; n++)
        {
            var block = (n + 1) * 256;
            if (values[n] >= 0)
                units[block] = 0x8000_0000u | (uint)values[n];
            foreach (var (label, child) in nodes[n])
                units[block ^ label] = CreateUnit(block ^ label, label, (child + 1) * 256, values[child] >= 0);
        }

        return Assemble(units, texts.ToArray());
    }

    public static byte[] Assemble(uint[] units, byte[] texts)
    {
        var result = new byte[4 + (4 * units.Length) + texts.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(result, (uint)(4 * units.Length));
        for (var i = 0; i < units.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(4 + (4 * i)), units[i]);
        texts.CopyTo(result, 4 + (4 * units.Length));
        return result;
    }

    public static uint CreateUnit(int index, byte label, int target, bool hasValue) => ((uint)(index ^ target) << 10) | (hasValue ? 1u << 8 : 0) | label;
}
