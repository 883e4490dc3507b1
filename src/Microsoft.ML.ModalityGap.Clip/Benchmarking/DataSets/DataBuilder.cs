namespace Microsoft.ML.ModalityGap;

/// <summary>What a reader fills: images and texts by what they are called, and what it found on the way.</summary>
internal sealed class DataBuilder(string name, string format)
{
    // So many are named; the rest is counted.
    private const int MaximumExamples = 20;

    private readonly List<DataImage> _images = [];
    private readonly Dictionary<string, int> _imagePlaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _textPlaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Count, List<string> Examples)> _findings = new(StringComparer.Ordinal);

    internal List<DataCaption> Captions { get; } = [];

    internal List<DataRating> Ratings { get; } = [];

    internal List<DataPreference> Preferences { get; } = [];

    internal DataSearch? Search { get; set; }

    internal DataClasses? Classes { get; set; }

    /// <summary>Adds an image, or finds the one that is called so.</summary>
    /// <returns>Its place; −1 where there is no such file, which is noted.</returns>
    internal int AddImage(string id, string part, ImageContent? content, int classIndex = -1)
    {
        if (_imagePlaces.TryGetValue(id, out var place))
            return place;
        if (content is null)
        {
            if (_missing.Add(id))
                Note("missing image", id);
            return -1;
        }

        _images.Add(new DataImage(id, part, content, classIndex));
        return _imagePlaces[id] = _images.Count - 1;
    }

    internal bool HasImage(string id) => _imagePlaces.ContainsKey(id);

    /// <summary>Adds a text, or finds the same.</summary>
    internal int AddText(string text)
    {
        if (_textPlaces.TryGetValue(text, out var place))
            return place;
        _texts.Add(text);
        return _textPlaces[text] = _texts.Count - 1;
    }

    /// <summary>Notes what is not as it should be, and left out for it.</summary>
    internal void Note(string kind, string example)
    {
        if (!_findings.TryGetValue(kind, out var found))
            found = (0, []);
        if (found.Examples.Count < MaximumExamples)
            found.Examples.Add(example);
        _findings[kind] = (found.Count + 1, found.Examples);
    }

    /// <exception cref="InvalidDataException">Nothing is left to measure.</exception>
    internal BenchmarkData Build()
    {
        BenchmarkFinding[] findings = [.. _findings.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new BenchmarkFinding(name, entry.Key, entry.Value.Count, entry.Value.Examples))];
        if (_images.Count == 0 && Search is null)
            throw new InvalidDataException($"The data set '{name}' ({format}) has no image that could be found. {string.Join("; ", findings.Select(finding => finding.ToString()))}");
        return new BenchmarkData
        {
            Name = name,
            Format = format,
            Images = _images,
            Texts = _texts,
            Captions = Captions,
            Ratings = Ratings,
            Preferences = Preferences,
            Classes = Classes,
            Search = Search,
            Findings = findings,
        };
    }
}
