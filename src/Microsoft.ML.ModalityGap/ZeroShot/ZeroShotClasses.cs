using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Class names with a unit embedding each: the weights of a zero-shot classifier. Immutable.
/// </summary>
/// <remarks>
/// <para>From prompts p of class c: w_c = m_c/‖m_c‖, m_c = mean over p of x̂_p, x̂ = x/‖x‖: each prompt is normalised, the mean is taken, and that is normalised
/// again, as open_clip does.</para>
/// <para>Closed: w'_c = f(w_c) with the text modality's map f, normalised. Class means are texts; where images are centred with their own mean, the classes must be
/// with the texts'.</para>
/// </remarks>
public sealed class ZeroShotClasses
{
    // So many prompts at most go to the encoder at once: some 32 MB of embeddings of 512 dimensions.
    private const int PromptsAtOnce = 16_384;
    private const string What = "zero-shot classes";

    private static readonly BlockSignature _signature = new("MGZC", Version: 1);

    private readonly string[] _names;
    private readonly float[] _embeddings;
    private readonly string[] _repeated = [];

    /// <summary>Creates classes of embeddings at hand.</summary>
    /// <param name="names">At least one name, none empty. Classes of the same name are numbered: see <see cref="Names"/>.</param>
    /// <param name="embeddings">One for each name, all of one dimension; normalised here.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one; or the numbers or dimensions differ; or an embedding has no direction.</exception>
    public ZeroShotClasses(IReadOnlyList<string> names, IReadOnlyList<float[]> embeddings)
    {
        (_names, _repeated) = Number(names);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count != _names.Length)
            throw new ArgumentException($"There are {_names.Length} class names, but {embeddings.Count} embeddings.", nameof(embeddings));
        Dimension = embeddings[0]?.Length ?? 0;
        if (Dimension == 0)
            throw new ArgumentException($"The embedding of '{_names[0]}' is empty.", nameof(embeddings));

        _embeddings = new float[_names.Length * Dimension];
        for (var i = 0; i < _names.Length; i++)
        {
            var row = embeddings[i] ?? [];
            var defect = row.Length == Dimension ? RowDefects.Find(row, zeroNormIsDefect: true) : RowDefect.WrongLength;
            if (defect != RowDefect.None)
                throw new ArgumentException($"The embedding of '{_names[i]}' cannot be used: it holds {RowDefects.Describe(defect, row, Dimension)}.", nameof(embeddings));
            RowKernels.Normalize(row, GetRow(i));
        }
    }

    private ZeroShotClasses(string[] names, float[] embeddings, int dimension) => (_names, _embeddings, Dimension) = (names, embeddings, dimension);

    /// <summary>
    /// The names, in the order of the embeddings, of key values and of slots. No two are the same: of classes that share a name, as ImageNet has two called crane, each has its number behind it,
    /// <c>crane (1)</c> and <c>crane (2)</c>; labels have to say which they mean. Prompts are made of the name as it was given.
    /// </summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The names that were given to several classes.</summary>
    internal IReadOnlyList<string> RepeatedNames => _repeated;

    /// <summary>C, the number of classes.</summary>
    public int Count => _names.Length;

    /// <summary>d, the number of dimensions.</summary>
    public int Dimension { get; }

    /// <summary>The unit embeddings: C rows of d values, one behind the other.</summary>
    public ReadOnlyMemory<float> Embeddings => _embeddings;

    /// <summary>Encodes each class's name in every template, and ensembles.</summary>
    /// <param name="names">At least one name, none empty. Classes of the same name are numbered: see <see cref="Names"/>.</param>
    /// <param name="templates">The sentences.</param>
    /// <param name="encoder">The text encoder.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    /// <exception cref="InvalidDataException">The encoder gives what cannot be used, or the prompts of a class cancel each other out.</exception>
    public static ZeroShotClasses FromPrompts(IReadOnlyList<string> names, PromptTemplates templates, PromptEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(templates);
        Number(names);
        return FromPrompts([.. names.Select(name => (name, templates.Fill(name)))], encoder);
    }

    /// <summary>Encodes each class's own sentences, such as descriptions of it, and ensembles.</summary>
    /// <param name="prompts">Per class its name and at least one sentence.</param>
    /// <param name="encoder">The text encoder.</param>
    /// <exception cref="ArgumentException">There is no class, one without a sentence, or an empty name.</exception>
    /// <exception cref="InvalidDataException">The encoder gives what cannot be used, or the prompts of a class cancel each other out.</exception>
    public static ZeroShotClasses FromPrompts(IReadOnlyList<(string Name, IReadOnlyList<string> Prompts)> prompts, PromptEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(encoder);
        string[] given = [.. prompts.Select(entry => entry.Name)];
        var (names, _) = Number(given);
        if (prompts.FirstOrDefault(entry => entry.Prompts is null or []) is { Name: { } bare })
            throw new ArgumentException($"The class '{bare}' has no sentence.", nameof(prompts));

        var means = new List<float[]>(names.Length);
        for (var first = 0; first < names.Length;)
        {
            var (last, count) = (first, 0);
            do
                count += prompts[last++].Prompts.Count;
            while (last < names.Length && count + prompts[last].Prompts.Count <= PromptsAtOnce);

            var embeddings = encoder.Encode([.. prompts.Skip(first).Take(last - first).SelectMany(entry => entry.Prompts)]);
            for (var at = 0; first < last; first++)
            {
                means.Add(Ensemble(names[first], embeddings, at, prompts[first].Prompts.Count));
                at += prompts[first].Prompts.Count;
            }
        }

        return new ZeroShotClasses(given, means);
    }

    /// <summary>The place of a class, from 0; −1 where there is no such class.</summary>
    public int IndexOf(string name) => Array.IndexOf(_names, name);

    /// <summary>A class's unit embedding.</summary>
    /// <param name="index">From 0 to C − 1.</param>
    public ReadOnlySpan<float> GetEmbedding(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return GetRow(index);
    }

    /// <summary>The classes after the text modality's map, normalised.</summary>
    /// <exception cref="ArgumentException">The map takes another number of dimensions, or leaves a class without a direction.</exception>
    public ZeroShotClasses Map(EmbeddingMap textMap)
    {
        ArgumentNullException.ThrowIfNull(textMap);
        if (textMap.InputDimension != Dimension)
            throw new ArgumentException($"The classes have {Dimension} dimensions, but the map takes {textMap.InputDimension}.", nameof(textMap));
        return new ZeroShotClasses(_names, [.. Enumerable.Range(0, Count).Select(i => textMap.Apply(GetRow(i)))]);
    }

    /// <summary>Stores names and embeddings in a file, which appears when it is complete, so that a service needs no text encoder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => CheckedBlock.Write(stream, _signature, Write));
    }

    /// <summary>Reads what <see cref="Save"/> stored.</summary>
    /// <exception cref="InvalidDataException">The file holds no classes, damaged ones, or those of a newer version.</exception>
    public static ZeroShotClasses Load(string path) => InputFile.Load(path, stream => CheckedBlock.Read(stream, _signature, What, Read));

    /// <summary>How many classes and dimensions, and the first names.</summary>
    public override string ToString() => $"{Count} classes of {Dimension} dimensions: {DescribeNames()}";

    internal string DescribeNames() => string.Join(", ", _names.Take(5)) + (Count > 5 ? $" and {Count - 5} more" : "");

    /// <summary>int32 number of classes, their names as texts, int32 dimension, floats of all embeddings.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        foreach (var name in _names)
            writer.WriteText(name);
        writer.Write(Dimension);
        writer.WriteFloats(_embeddings);
    }

    internal static ZeroShotClasses Read(BlockReader reader)
    {
        var names = new string[reader.ReadCount()];
        for (var i = 0; i < names.Length; i++)
            names[i] = reader.ReadText();
        var dimension = reader.ReadInt32();
        var embeddings = reader.ReadFloats();
        if (names.Length == 0 || dimension < 1 || embeddings.Length != (long)names.Length * dimension)
            throw new InvalidDataException($"The stored {What} are damaged: {names.Length} names, {dimension} dimensions and {embeddings.Length} values.");
        if (names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new InvalidDataException($"The stored {What} are damaged: a name is empty, or there twice.");
        if (RowKernels.FindNotUnit(embeddings, dimension) is >= 0 and var bad)
            throw new InvalidDataException($"The stored {What} are damaged: the embedding of '{names[bad]}' is no unit vector.");

        // Not normalised again: what was stored comes back bit for bit.
        return new ZeroShotClasses(names, embeddings, dimension);
    }

    /// <summary>Checks the names and numbers those that several classes share.</summary>
    internal static (string[] Names, string[] Repeated) Number(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException("The list of classes is empty; name at least two.", nameof(names));
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(names[i]))
                throw new ArgumentException($"The name of class {i} is empty.", nameof(names));
            counts[names[i]] = counts.GetValueOrDefault(names[i]) + 1;
        }

        // A numbered name that is somebody's own already is passed over.
        var taken = new HashSet<string>(counts.Keys, StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbered = names.ToArray();
        for (var i = 0; i < numbered.Length; i++)
        {
            if (counts[names[i]] == 1)
                continue;
            do
            {
                next[names[i]] = next.GetValueOrDefault(names[i]) + 1;
                numbered[i] = string.Create(CultureInfo.InvariantCulture, $"{names[i]} ({next[names[i]]})");
            }
            while (!taken.Add(numbered[i]));
        }

        return (numbered, [.. next.Keys]);
    }

    private Span<float> GetRow(int index) => _embeddings.AsSpan(index * Dimension, Dimension);

    /// <summary>Normalise each, mean; the constructor normalises that.</summary>
    internal static float[] Ensemble(string name, IReadOnlyList<float[]> embeddings, int first, int count)
    {
        var unit = new float[embeddings[first].Length];
        var sum = new double[unit.Length];
        for (var i = first; i < first + count; i++)
        {
            RowKernels.Normalize(embeddings[i], unit);
            for (var d = 0; d < unit.Length; d++)
                sum[d] += unit[d];
        }

        var mean = Array.ConvertAll(sum, value => (float)(value / count));
        if (RowKernels.SquaredNormExact(mean) < 1e-12)
            throw new InvalidDataException($"The prompts of the class '{name}' cancel each other out: the mean of their {count} embeddings has no direction.");
        return mean;
    }
}
