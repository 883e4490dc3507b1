namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes of a text what a SentencePiece model's pieces are parts of: characters replaced by its rules, spaces thinned out as it says, and marked by U+2581.
/// </summary>
internal sealed class SentencePieceNormalizer
{
    private readonly SentencePieceModel _model;
    private readonly ByteTrie _userDefined;

    internal SentencePieceNormalizer(SentencePieceModel model)
    {
        _model = model;
        _userDefined = model.CreateTrie(kind => kind is SentencePieceKind.UserDefined);
    }

    /// <summary>The mark of a space, U+2581.</summary>
    internal static ReadOnlySpan<byte> SpaceMark => "\u2581"u8;

    private ReadOnlySpan<byte> Space => _model.EscapesSpaces ? SpaceMark : " "u8;

    /// <summary>Appends the normalised text.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="destination">Receives it.</param>
    internal void Normalize(ReadOnlySpan<byte> text, ref ByteBuffer destination)
    {
        while (_model.RemovesExtraSpaces && !text.IsEmpty && Next(text, out var length) is [(byte)' '])
            text = text[length..];
        if (text.IsEmpty)
            return;

        if (_model is { AddsDummyPrefix: true, HasSpaceAsSuffix: false })
            destination.Append(Space);
        var isAfterSpace = _model.RemovesExtraSpaces;
        while (!text.IsEmpty)
        {
            var part = Next(text, out var length);
            text = text[length..];
            if (isAfterSpace)
                part = part.TrimStart((byte)' ');
            if (!part.IsEmpty)
            {
                Append(part, ref destination);
                isAfterSpace = part[^1] == ' ';
            }

            isAfterSpace &= _model.RemovesExtraSpaces;
        }

        while (_model.RemovesExtraSpaces && destination.Span.EndsWith(Space))
            destination.CutTo(destination.Length - Space.Length);
        if (_model is { AddsDummyPrefix: true, HasSpaceAsSuffix: true })
            destination.Append(Space);
    }

    private void Append(ReadOnlySpan<byte> part, ref ByteBuffer destination)
    {
        while (part.IndexOf((byte)' ') is var space and >= 0)
        {
            destination.Append(part[..space]);
            destination.Append(Space);
            part = part[(space + 1)..];
        }

        destination.Append(part);
    }

    /// <summary>What the beginning of a text becomes: a user-defined piece stays, else the longest rule counts, else a character stays.</summary>
    private ReadOnlySpan<byte> Next(ReadOnlySpan<byte> text, out int length)
    {
        length = _userDefined.IsEmpty ? 0 : _userDefined.MatchLongest(text, out _);
        if (length > 0)
            return text[..length];
        if (_model.CharacterMap is { } map)
        {
            length = map.Match(text, longest: true, out var replacement);
            if (length > 0)
                return replacement;
        }

        length = Math.Min(PieceSegmenter.GetCharacterLength(text[0]), text.Length);
        return text[..length];
    }
}
