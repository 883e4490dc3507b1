using System.IO.Compression;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>OpenAI's file of merges, plain and compressed.</summary>
internal sealed class MergesAloneTarget : TokenizerTarget
{
    internal override string Name => "merges-alone";

    internal override IReadOnlyList<string> Covers => ["ClipTokenizer.FromMergesFile"];

    internal override InputShape Shape { get; } = new GzipShape(new TextShape("a", "t</w>", " ", "\n"));

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var merges = File.ReadAllBytes(Path.Combine(TinyModel.Folder, "merges.txt"));
        return [merges, GzipShape.Pack(merges)];
    }

    protected override ClipTokenizer Load(FuzzInput input) =>
        ClipTokenizer.FromMergesFile(input.WriteFile(input.Bytes is [0x1F, 0x8B, ..] ? "bpe.txt.gz" : "bpe.txt"));

    /// <summary>What is packed is unpacked, changed, and packed again; now and then it becomes a bomb.</summary>
    private sealed class GzipShape(InputShape inner) : InputShape
    {
        internal override byte[] Mutate(byte[] parent, FuzzRandom random)
        {
            if (parent is not [0x1F, 0x8B, ..])
                return inner.Mutate(parent, random);
            if (random.Chance(0.01))
                return Pack(new byte[1 << (20 + random.Next(7))]);
            var content = new byte[1 << 16];
            try
            {
                using var stream = new GZipStream(new MemoryStream(parent), CompressionMode.Decompress);
                content = content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
            }
            catch (InvalidDataException)
            {
                return ByteShape.Any.Mutate(parent, random);
            }

            return Pack(inner.Mutate(content, random));
        }

        internal static byte[] Pack(byte[] content)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
                stream.Write(content);
            return packed.ToArray();
        }
    }
}
