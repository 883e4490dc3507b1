using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>The files of a model folder that decide on an embedding: the encoder with its weights, and what prepares its input.</summary>
internal static class ModelFolderFiles
{
    private static readonly string[] _textFiles =
        ["tokenizer_config.json", "tokenizer.json", "vocab.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt", "spiece.model", "tokenizer.model", "open_clip_config.json"];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no encoder of that kind.</exception>
    internal static string[] Find(string folder, bool isImages)
    {
        var (encoder, _) = isImages
            ? ClipModelFolder.FindImageEncoder(folder, EncodeWithOnnxOptions.Default)
            : ClipModelFolder.FindTextEncoder(folder, EncodeWithOnnxOptions.Default);

        // Weights kept outside the encoder are in files whose names begin with its own.
        var encoders = Directory.GetFiles(Path.GetDirectoryName(encoder)!, Path.GetFileName(encoder) + "*").Order(StringComparer.Ordinal);
        var preparation = isImages
            ? new[] { ClipModelFolder.FindPreprocessing(folder) }.OfType<string>()
            : _textFiles.Select(name => Path.Combine(folder, name)).Where(File.Exists);
        return [.. encoders, .. preparation];
    }

    /// <summary>SHA-256 over the names and contents of files, and what was chosen beside them.</summary>
    /// <param name="files">The files.</param>
    /// <param name="choices">What else decides on embeddings, in words; empty for nothing.</param>
    /// <param name="proceed">Called now and then; may throw to stop.</param>
    internal static string ComputeFingerprint(IEnumerable<string> files, string choices, Action proceed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (choices.Length > 0)
            hash.AppendData(Encoding.UTF8.GetBytes(choices));
        var buffer = new byte[1 << 20];
        foreach (var file in files)
        {
            using var stream = InputFile.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)}\n{stream.Length}\n"));
            while (stream.Read(buffer) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                proceed();
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
