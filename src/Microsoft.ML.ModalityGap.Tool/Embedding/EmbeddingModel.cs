using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The part of a model folder that makes embeddings of images, or the one for texts.</summary>
internal sealed class EmbeddingModel
{
    private static readonly string[] _textFiles =
        ["tokenizer_config.json", "tokenizer.json", "vocab.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt", "spiece.model", "tokenizer.model", "open_clip_config.json"];

    private readonly string[] _files;
    private readonly string _choices;

    internal EmbeddingModel(string folder, bool isImages, EncoderChoices choices)
    {
        Folder = folder;
        _choices = choices.Describe(isImages);
        var (encoder, _) = isImages
            ? ClipModelFolder.FindImageEncoder(folder, EncodeWithOnnxOptions.Default)
            : ClipModelFolder.FindTextEncoder(folder, EncodeWithOnnxOptions.Default);

        // Weights kept outside the encoder are in files whose names begin with its own.
        var encoders = Directory.GetFiles(Path.GetDirectoryName(encoder)!, Path.GetFileName(encoder) + "*").Order(StringComparer.Ordinal);
        var preparation = isImages
            ? new[] { ClipModelFolder.FindPreprocessing(folder) }.OfType<string>()
            : _textFiles.Select(name => Path.Combine(folder, name)).Where(File.Exists);
        _files = [.. encoders, .. preparation];
    }

    internal string Folder { get; }

    /// <summary>SHA-256 over the names and contents of the files that decide on an embedding, and what was chosen beside them.</summary>
    internal string ComputeFingerprint(RowCounter counter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (_choices.Length > 0)
            hash.AppendData(Encoding.UTF8.GetBytes(_choices));
        var buffer = new byte[1 << 20];
        foreach (var file in _files)
        {
            using var stream = InputFile.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)}\n{stream.Length}\n"));
            while (stream.Read(buffer) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                counter.Add(0);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
