namespace Microsoft.ML.ModalityGap;

/// <summary>A SentencePiece model, unigram or BPE, by the rules of its format: the same ids as Google's implementation.</summary>
internal sealed class SentencePieceEncoder : TextTokenEncoder
{
    internal const int DefaultContextLength = 64;

    private readonly SentencePieceModel _model;
    private readonly SentencePieceNormalizer _normalizer;
    private readonly PieceSegmenter _segmenter;

    private SentencePieceEncoder(byte[] content, SentencePieceModel model, TextModelDefaults defaults)
        : base(defaults)
    {
        Model = content;
        _model = model;
        _normalizer = new SentencePieceNormalizer(model);
        _segmenter = model.IsBytePairEncoding ? new MergingSegmenter(model) : CreateUnigram(model);
    }

    /// <summary>The model as its file holds it.</summary>
    internal byte[] Model { get; }

    internal override int? StartTokenId => null;

    internal override int EndTokenId => _model.EndId;

    internal override int VocabularySize => _model.Pieces.Count;

    internal static SentencePieceEncoder Load(string path, TokenizerConfig config)
    {
        var content = JsonFile.ReadAllBytes(path);
        var model = SentencePieceModel.Parse(content, $"'{path}'");

        // SigLIP pads its unigram models with the end token, SigLIP 2 its byte-pair encoding with the model's padding token.
        var own = model.IsBytePairEncoding ? model.PaddingId ?? model.EndId : model.EndId;
        var padding = config.PaddingToken is not { } token ? own
            : model.FindId(token) ?? throw new InvalidDataException($"'{path}': the padding token '{token}' of tokenizer_config.json is not in the vocabulary.");
        return new SentencePieceEncoder(content, model, new TextModelDefaults(config.ContextLength ?? DefaultContextLength, padding));
    }

    internal static SentencePieceEncoder Restore(byte[] model, TextModelDefaults defaults) =>
        new(model, SentencePieceModel.Parse(model, "the stored SentencePiece model"), defaults);

    internal override int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        var bytes = new ByteBuffer(3 * text.Length);
        var normalized = new ByteBuffer((3 * text.Length) + SentencePieceNormalizer.SpaceMark.Length);
        try
        {
            bytes.AppendUtf8(text);
            _normalizer.Normalize(bytes.Span, ref normalized);
            var writer = new PieceWriter(ids, _model.Unknown);
            _segmenter.Segment(normalized.Span, ref writer);
            truncated = writer.Truncated;
            return writer.Count;
        }
        finally
        {
            bytes.Return();
            normalized.Return();
        }
    }

    private static UnigramSegmenter CreateUnigram(SentencePieceModel model)
    {
        var normal = model.Pieces.Where(piece => piece.Kind == SentencePieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty(0);
        var pieces = model.Pieces.Select((piece, id) => (Piece: piece, Id: id))
            .Where(entry => entry.Piece.Kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined)
            .Select(entry => new UnigramPiece(entry.Piece.Text, entry.Id, entry.Piece.Score, entry.Piece.Kind == SentencePieceKind.UserDefined))
            .ToArray();

        // The best score is never below the smallest positive float: SentencePiece begins its search for it there.
        return new UnigramSegmenter(pieces, normal.Min(), Math.Max(normal.Max(), 1.17549435E-38f), sumsAreSingle: true);
    }
}
