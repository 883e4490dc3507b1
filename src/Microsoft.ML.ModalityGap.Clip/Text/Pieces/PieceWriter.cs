namespace Microsoft.ML.ModalityGap;

/// <summary>Receives the ids of a text, as many as there is room for.</summary>
internal ref struct PieceWriter(Span<int> ids, UnknownPieces unknown)
{
    private readonly Span<int> _ids = ids;
    private bool _isAfterUnknown;

    /// <summary>How many were written.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether there were more.</summary>
    internal bool Truncated { get; private set; }

    /// <summary>Takes a piece of the vocabulary.</summary>
    internal void Add(int id)
    {
        _isAfterUnknown = false;
        Write(id);
    }

    /// <summary>Takes a piece that is not in the vocabulary.</summary>
    internal void AddUnknown(ReadOnlySpan<byte> piece)
    {
        if (unknown.ByteIds is { } byteIds)
        {
            foreach (var value in piece)
                Write(byteIds[value]);
        }
        else if (unknown.Id is { } id && !(_isAfterUnknown && unknown.Merges))
        {
            Write(id);
        }

        _isAfterUnknown = true;
    }

    private void Write(int id)
    {
        if (Count == _ids.Length)
            Truncated = true;
        else
            _ids[Count++] = id;
    }
}
