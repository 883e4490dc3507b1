namespace Microsoft.ML.ModalityGap;

/// <summary>The ids and modalities of an index's rows, by position.</summary>
internal sealed class IndexEntries
{
    private readonly List<EmbeddingId> _ids = [];
    private readonly List<int> _modalities = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<EmbeddingId, int> _positions = [];

    internal int Count => _ids.Count;

    /// <summary>The modalities' names, in the order in which they came.</summary>
    internal IReadOnlyList<string> Names => _names;

    /// <summary>Whether ids are numbers; <see langword="null"/> while there is none.</summary>
    internal bool? AreNumbers => _ids.Count == 0 ? null : _ids[0].IsNumber;

    internal EmbeddingId GetId(int position) => _ids[position];

    /// <summary>The number of a row's modality in <see cref="Names"/>; −1 for none.</summary>
    internal int GetModalityNumber(int position) => _modalities[position];

    internal string? GetModality(int position) => _modalities[position] < 0 ? null : _names[_modalities[position]];

    internal bool TryGetPosition(EmbeddingId id, out int position) => _positions.TryGetValue(id, out position);

    /// <summary>What speaks against an id, or <see langword="null"/>.</summary>
    internal string? DescribeConflict(EmbeddingId id)
    {
        if (AreNumbers is { } areNumbers && areNumbers != id.IsNumber)
            return $"the id '{id}' is a {(id.IsNumber ? "number" : "text")}, but those of this index are {(areNumbers ? "numbers" : "texts")}";
        return _positions.TryGetValue(id, out var position) ? $"the id '{id}' is in the index already, at position {position}; remove it first" : null;
    }

    internal void Add(EmbeddingId id, string? modality)
    {
        _positions.Add(id, _ids.Count);
        _ids.Add(id);
        _modalities.Add(modality is null ? -1 : AddName(modality));
    }

    /// <summary>Gives a row another modality.</summary>
    internal void SetModality(int position, string? modality) => _modalities[position] = modality is null ? -1 : AddName(modality);

    internal void RemoveMarked(ReadOnlySpan<bool> marked)
    {
        var kept = 0;
        for (var position = 0; position < marked.Length; position++)
        {
            if (marked[position])
                continue;
            (_ids[kept], _modalities[kept]) = (_ids[position], _modalities[position]);
            kept++;
        }

        _ids.RemoveRange(kept, _ids.Count - kept);
        _modalities.RemoveRange(kept, _modalities.Count - kept);
        _positions.Clear();
        for (var position = 0; position < kept; position++)
            _positions.Add(_ids[position], position);
    }

    /// <summary>Refuses names that no row has or had: they would find nothing, without a word.</summary>
    /// <exception cref="ArgumentException">There is no such modality.</exception>
    internal void CheckNames(IReadOnlyCollection<string> names)
    {
        if (names.FirstOrDefault(name => !_names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"The index has no modality '{unknown}'. {(_names.Count == 0 ? "Its rows were added without one." : $"It has '{string.Join("', '", _names)}'.")}", nameof(names));
        }
    }

    /// <summary>Marks the rows of some modalities; names that no row has mark nothing.</summary>
    internal bool[] Mark(IReadOnlyCollection<string> names)
    {
        var wanted = names.Select(name => _names.IndexOf(name)).Where(number => number >= 0).ToHashSet();
        return [.. _modalities.Select(wanted.Contains)];
    }

    /// <summary>The number of a modality, which is made where there is none.</summary>
    internal int AddName(string modality)
    {
        var number = _names.IndexOf(modality);
        if (number >= 0)
            return number;
        _names.Add(modality);
        return _names.Count - 1;
    }
}
