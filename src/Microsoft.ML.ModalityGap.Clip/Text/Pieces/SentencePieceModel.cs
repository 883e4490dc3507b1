using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>A SentencePiece model file as its protocol has it (sentencepiece_model.proto), checked.</summary>
internal sealed class SentencePieceModel
{
    private const int Unigram = 1;
    private const int BytePairEncoding = 2;

    private readonly string _source;
    private readonly List<SentencePiece> _pieces = [];
    private int _modelType = Unigram;
    private string _endPiece = "</s>";
    private int _endId = 2;
    private string _paddingPiece = "<pad>";
    private bool _hasByteFallback;
    private byte[] _characterMap = [];

    private SentencePieceModel(string source)
    {
        _source = source;
    }

    internal IReadOnlyList<SentencePiece> Pieces => _pieces;

    /// <summary>Whether it is a byte-pair encoding, else a unigram model.</summary>
    internal bool IsBytePairEncoding => _modelType == BytePairEncoding;

    internal UnknownPieces Unknown { get; private set; } = null!;

    internal int EndId { get; private set; }

    /// <summary>The id of the padding token, where the model has one.</summary>
    internal int? PaddingId { get; private set; }

    internal CharacterMap? CharacterMap { get; private set; }

    internal bool AddsDummyPrefix { get; private set; } = true;

    internal bool RemovesExtraSpaces { get; private set; } = true;

    internal bool EscapesSpaces { get; private set; } = true;

    /// <summary>Whether a word's mark stands behind it.</summary>
    internal bool HasSpaceAsSuffix { get; private set; }

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">It is no SentencePiece model, a damaged one, or one of words or characters.</exception>
    internal static SentencePieceModel Parse(ReadOnlySpan<byte> content, string source)
    {
        var model = new SentencePieceModel(source);
        try
        {
            model.ReadModel(content);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{source} is no SentencePiece model, or a damaged one, at piece {model._pieces.Count}: {exception.Message}", exception);
        }

        model.Check();
        return model;
    }

    /// <summary>The pieces of some kinds with their ids.</summary>
    internal ByteTrie CreateTrie(Func<SentencePieceKind, bool> isOfKind) =>
        ByteTrie.Create(_pieces.Select((piece, id) => (piece.Text, id, piece.Kind)).Where(piece => isOfKind(piece.Kind)).Select(piece => (piece.Text, piece.id)));

    /// <summary>The id of a piece, or <see langword="null"/>.</summary>
    internal int? FindId(string piece)
    {
        var text = Encoding.UTF8.GetBytes(piece);
        var id = _pieces.FindIndex(other => other.Text.AsSpan().SequenceEqual(text));
        return id < 0 ? null : id;
    }

    private void ReadModel(ReadOnlySpan<byte> content)
    {
        for (var fields = new ProtobufFields(content); fields.MoveNext();)
        {
            switch (fields.Number)
            {
                case 1:
                    _pieces.Add(ReadPiece(fields.Content));
                    break;
                case 2:
                    ReadTrainer(fields.Content);
                    break;
                case 3:
                    ReadNormalizer(fields.Content);
                    break;
            }
        }
    }

    private static SentencePiece ReadPiece(ReadOnlySpan<byte> content)
    {
        var (text, score, kind) = (Array.Empty<byte>(), 0f, (int)SentencePieceKind.Normal);
        for (var fields = new ProtobufFields(content); fields.MoveNext();)
        {
            switch (fields.Number)
            {
                case 1:
                    text = fields.Content.ToArray();
                    break;
                case 2 when fields.Raw.Length == 1 + sizeof(float):
                    score = BinaryPrimitives.ReadSingleLittleEndian(fields.Raw[1..]);
                    break;
                case 3:
                    kind = (int)fields.Value;
                    break;
            }
        }

        return new SentencePiece(text, score, (SentencePieceKind)kind);
    }

    private void ReadTrainer(ReadOnlySpan<byte> content)
    {
        for (var fields = new ProtobufFields(content); fields.MoveNext();)
        {
            switch (fields.Number)
            {
                case 3:
                    _modelType = (int)fields.Value;
                    break;
                case 24:
                    HasSpaceAsSuffix = fields.Value != 0;
                    break;
                case 35:
                    _hasByteFallback = fields.Value != 0;
                    break;
                case 42:
                    _endId = (int)fields.Value;
                    break;
                case 47:
                    _endPiece = fields.Text;
                    break;
                case 48:
                    _paddingPiece = fields.Text;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> content)
    {
        for (var fields = new ProtobufFields(content); fields.MoveNext();)
        {
            switch (fields.Number)
            {
                case 2:
                    _characterMap = fields.Content.ToArray();
                    break;
                case 3:
                    AddsDummyPrefix = fields.Value != 0;
                    break;
                case 4:
                    RemovesExtraSpaces = fields.Value != 0;
                    break;
                case 5:
                    EscapesSpaces = fields.Value != 0;
                    break;
            }
        }
    }

    private void Check()
    {
        if (_modelType is not (Unigram or BytePairEncoding))
            throw Error($"it is of type {_modelType} (3: words, 4: characters); CLIP-like models use 1, unigram, or 2, byte-pair encoding");
        CheckPieces();
        var unknown = _pieces.FindIndex(piece => piece.Kind == SentencePieceKind.Unknown);
        if (unknown < 0 || _pieces.FindLastIndex(piece => piece.Kind == SentencePieceKind.Unknown) != unknown)
            throw Error($"of its {_pieces.Count} pieces exactly one must be the unknown one");
        EndId = FindControl(_endPiece) ?? (_endId >= 0 && _endId < _pieces.Count && _pieces[_endId].Kind == SentencePieceKind.Control ? _endId : (int?)null)
            ?? throw Error($"it has no token '{_endPiece}' that ends a text");
        PaddingId = FindControl(_paddingPiece);
        CharacterMap = CharacterMap.Read(_characterMap, _source);
        Unknown = new UnknownPieces(unknown, _hasByteFallback ? FindBytes() : null, Merges: true);
    }

    private void CheckPieces()
    {
        var seen = new Dictionary<(bool IsReserved, string Text), int>(_pieces.Count);
        for (var id = 0; id < _pieces.Count; id++)
        {
            var (text, score, kind) = _pieces[id];
            if (text.Length is 0 or > PieceSegmenter.LongestPiece)
                throw Error($"piece {id} has {text.Length} bytes; 1 to {PieceSegmenter.LongestPiece} are expected");
            if (!Enum.IsDefined(kind))
                throw Error($"piece {id} is of the unknown type {(int)kind}");
            if (!float.IsFinite(score))
                throw Error($"piece {id} has the score {score}");
            var isReserved = kind is SentencePieceKind.Unknown or SentencePieceKind.Control or SentencePieceKind.Byte;
            if (!seen.TryAdd((isReserved, Encoding.Latin1.GetString(text)), id))
                throw Error($"the piece '{Encoding.UTF8.GetString(text)}' is there twice, at {seen[(isReserved, Encoding.Latin1.GetString(text))]} and at {id}");
        }
    }

    private int[] FindBytes()
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < _pieces.Count; id++)
        {
            if (_pieces[id].Kind == SentencePieceKind.Byte)
                ids.Add(Encoding.Latin1.GetString(_pieces[id].Text), id);
        }

        return [.. Enumerable.Range(0, 256).Select(value => ids.TryGetValue(UnknownPieces.NameOf(value), out var id)
            ? id
            : throw Error($"it falls back to bytes, but has no token '{UnknownPieces.NameOf(value)}'"))];
    }

    private int? FindControl(string piece)
    {
        var text = Encoding.UTF8.GetBytes(piece);
        var id = _pieces.FindIndex(other => other.Kind == SentencePieceKind.Control && other.Text.AsSpan().SequenceEqual(text));
        return id < 0 ? null : id;
    }

    private InvalidDataException Error(string what) => new($"{_source} is a SentencePiece model that cannot be used: {what}.");
}
