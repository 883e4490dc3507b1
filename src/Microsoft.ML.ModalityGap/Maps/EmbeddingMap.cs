using System.Buffers;
using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// An immutable function on embeddings: a chain of <see cref="EmbeddingMapStep"/>s with a fixed number of dimensions in and out.
/// Every method of this library, once fitted, is one such map per modality.
/// </summary>
/// <remarks>
/// Numbers are float; thread-safe. A row with NaN or infinity comes out as NaN once a normalisation is among the steps; nothing is thrown per row.
/// </remarks>
/// <example>
/// I0T_post for a modality with mean μ:
/// <code>
/// var map = new EmbeddingMap(512, new L2NormalizeStep(), new TranslateStep(negativeMean), new L2NormalizeStep());
/// float[] closed = map.Apply(embedding);
/// </code>
/// </example>
[TypeFormatterSource]
public sealed class EmbeddingMap : IEquatable<EmbeddingMap>
{
    private const int StackDimension = 1024;

    // Whole tiles of the matrix product, and so few that rows of some hundred dimensions stay in the second-level cache.
    private const int BlockRows = 10 * MatrixTile.Rows;

    private readonly EmbeddingMapStep[] _steps;
    private readonly MapKernel[] _kernels;
    private readonly int _widest;
    private readonly bool _isInPlace;
    private byte[]? _content;

    /// <summary>Creates a map.</summary>
    /// <param name="inputDimension">d, the number of dimensions that go in; at least 1.</param>
    /// <param name="steps">The steps in the order they are applied; none makes the identity.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputDimension"/> is not positive or above 1,048,576.</exception>
    /// <exception cref="ArgumentException">A step cannot take the number of dimensions that reaches it.</exception>
    public EmbeddingMap(int inputDimension, params IReadOnlyList<EmbeddingMapStep> steps)
        : this(inputDimension, steps, kernels: null)
    {
    }

    private EmbeddingMap(int inputDimension, IReadOnlyList<EmbeddingMapStep> steps, MapKernel[]? kernels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputDimension, EmbeddingMapFormat.MaximumDimension);
        ArgumentNullException.ThrowIfNull(steps);

        InputDimension = inputDimension;
        _steps = [.. steps];
        var dimension = inputDimension;
        _widest = dimension;
        for (var i = 0; i < _steps.Length; i++)
        {
            if (_steps[i] is null)
                throw new ArgumentException($"Step {i} is null.", nameof(steps));
            if (_steps[i].DescribeMismatch(dimension) is { } mismatch)
                throw new ArgumentException($"Step {i}, {_steps[i]}, does not fit: {mismatch}.", nameof(steps));
            dimension = _steps[i].GetOutputDimension(dimension);
            _widest = Math.Max(_widest, dimension);
        }

        OutputDimension = dimension;
        _kernels = kernels ?? MapKernel.Compile(inputDimension, _steps);
        LikesBlocks = Array.Exists(_kernels, kernel => kernel.LikesBlocks);
        _isInPlace = !LikesBlocks && Array.TrueForAll(_kernels, kernel => kernel.OutputDimension == inputDimension);
    }

    /// <summary>The number of dimensions that go in.</summary>
    public int InputDimension { get; }

    /// <summary>The number of dimensions that come out.</summary>
    public int OutputDimension { get; }

    /// <summary>The steps in the order they are applied.</summary>
    public IReadOnlyList<EmbeddingMapStep> Steps => _steps;

    /// <summary>
    /// Identifies the map: the first 16 hexadecimal digits of the SHA-256 of its stored form. Equal maps have equal fingerprints,
    /// on every machine.
    /// </summary>
    public string Fingerprint => field ??= Convert.ToHexStringLower(SHA256.HashData(GetContent()))[..16];

    /// <summary>Whether many rows at once are mapped faster than one after the other, as where they are multiplied by a matrix; they come out the same, bit for bit.</summary>
    internal bool LikesBlocks { get; }

    /// <summary>The map that applies this one and then <paramref name="next"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="next"/> takes another number of dimensions than this map yields.</exception>
    public EmbeddingMap Then(EmbeddingMap next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.InputDimension != OutputDimension)
            throw new ArgumentException($"The first map yields {OutputDimension} dimensions, but the next takes {next.InputDimension}.", nameof(next));
        return new EmbeddingMap(InputDimension, [.. _steps, .. next._steps]);
    }

    /// <summary>As <see cref="Then"/>, but nothing of one map is fused with something of the other: rows come out as from one map after the other, bit for bit.</summary>
    internal EmbeddingMap ThenUnfused(EmbeddingMap next) => new(InputDimension, [.. _steps, .. next._steps], [.. _kernels, .. next._kernels]);

    /// <summary>Adds all steps to an ONNX graph.</summary>
    /// <param name="nodes">The graph.</param>
    /// <param name="input">The name of the rows, float32 of shape (batch, <see cref="InputDimension"/>).</param>
    /// <returns>The name of the mapped rows.</returns>
    internal string AddTo(OnnxNodes nodes, string input)
    {
        var (value, largestNorm) = (input, double.PositiveInfinity);
        foreach (var step in _steps)
        {
            value = step.AddTo(nodes, value, largestNorm);
            largestNorm = step.GetLargestNorm(largestNorm);
        }

        return value;
    }

    /// <summary>Maps one embedding to a new array.</summary>
    /// <param name="embedding"><see cref="InputDimension"/> values.</param>
    /// <returns><see cref="OutputDimension"/> values.</returns>
    /// <exception cref="ArgumentException"><paramref name="embedding"/> has another length.</exception>
    public float[] Apply(ReadOnlySpan<float> embedding)
    {
        var result = new float[OutputDimension];
        Apply(embedding, result);
        return result;
    }

    /// <summary>Maps one embedding.</summary>
    /// <param name="source"><see cref="InputDimension"/> values.</param>
    /// <param name="destination">Receives <see cref="OutputDimension"/> values; may be <paramref name="source"/> itself, but not overlap it otherwise.</param>
    /// <exception cref="ArgumentException">A span has another length, or they overlap in part.</exception>
    public void Apply(ReadOnlySpan<float> source, Span<float> destination)
    {
        if (source.Length != InputDimension)
            throw new ArgumentException($"The map takes {InputDimension} dimensions, but {source.Length} were given.", nameof(source));
        if (destination.Length != OutputDimension)
            throw new ArgumentException($"The map yields {OutputDimension} dimensions, but there is room for {destination.Length}.", nameof(destination));
        ThrowIfPartlyOverlapping(source, destination);
        ApplyRow(source, destination);
    }

    /// <summary>Maps many embeddings, on several cores when there are enough of them.</summary>
    /// <param name="source">N rows of <see cref="InputDimension"/> values, one behind the other.</param>
    /// <param name="destination">Receives N rows of <see cref="OutputDimension"/> values; may be <paramref name="source"/> itself when the dimension does not change.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are cores. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">A length is no multiple of its dimension, the numbers of rows differ, or the spans overlap in part.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is 0 or below −1.</exception>
    public void ApplyRows(ReadOnlySpan<float> source, Span<float> destination, int maxDegreeOfParallelism = -1)
    {
        RowBlocks.CheckDegreeOfParallelism(maxDegreeOfParallelism);
        var count = RowBlocks.CountRows(source.Length, InputDimension, nameof(source));
        if (destination.Length != (long)count * OutputDimension)
        {
            throw new ArgumentException(
                $"{count} rows of {OutputDimension} dimensions need room for {(long)count * OutputDimension} values, but there is room for {destination.Length}.", nameof(destination));
        }

        ThrowIfPartlyOverlapping(source, destination);
        RowBlocks.ForEach(source, InputDimension, destination, OutputDimension, maxDegreeOfParallelism, ApplyBlock, LikesBlocks ? BlockRows : 1);
    }

    /// <summary>Stores the map.</summary>
    /// <param name="stream">Where to; what was written before stays.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckedBlock.Write(stream, EmbeddingMapFormat.Signature, writer => writer.Write(GetContent()));
    }

    /// <summary>Stores the map in a file, which appears when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads a map that <see cref="Save(Stream)"/> stored; the stream is left behind its end.</summary>
    /// <exception cref="InvalidDataException">The stream holds no map, a damaged one, or one of a newer version.</exception>
    public static EmbeddingMap Load(Stream stream) => CheckedBlock.Read(stream, EmbeddingMapFormat.Signature, "embedding map", EmbeddingMapFormat.Read);

    /// <summary>Reads a map from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds no map, a damaged one, or one of a newer version.</exception>
    public static EmbeddingMap Load(string path) => InputFile.Load(path, Load);

    /// <summary>Whether both maps have the same steps with the same parameters, bit for bit.</summary>
    public bool Equals(EmbeddingMap? other) => other is not null && GetContent().AsSpan().SequenceEqual(other.GetContent());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as EmbeddingMap);

    /// <inheritdoc />
    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    /// <summary>The dimensions and the steps, such as <c>512 → 512: L2Normalize, Translate(512), L2Normalize</c>.</summary>
    public override string ToString() =>
        $"{InputDimension} → {OutputDimension}: {(_steps.Length == 0 ? "identity" : string.Join<EmbeddingMapStep>(", ", _steps))}";

    /// <summary>Maps one row without checking its arguments: what the pipeline and the batch call run.</summary>
    internal void ApplyRow(ReadOnlySpan<float> source, Span<float> destination) => ApplyFew(source, destination, 1);

    private void ApplyBlock(ReadOnlySpan<float> source, Span<float> destination)
    {
        // Without a matrix each row goes through all kernels while it is in the nearest cache.
        var count = source.Length / InputDimension;
        var most = LikesBlocks ? BlockRows : 1;
        for (var first = 0; first < count; first += most)
        {
            var few = Math.Min(most, count - first);
            ApplyFew(source.Slice(first * InputDimension, few * InputDimension), destination.Slice(first * OutputDimension, few * OutputDimension), few);
        }
    }

    private void ApplyFew(ReadOnlySpan<float> source, Span<float> destination, int count)
    {
        if (_isInPlace)
            ApplyInPlace(source, destination, count);
        else if (_kernels is [var only] && !source.Overlaps(destination))
            only.Apply(source, destination, count);
        else
            ApplyByTurns(source, destination, count);
    }

    private void ApplyInPlace(ReadOnlySpan<float> source, Span<float> destination, int count)
    {
        if (_kernels.Length == 0)
            source.CopyTo(destination);
        foreach (var kernel in _kernels)
        {
            kernel.Apply(source, destination, count);
            source = destination;
        }
    }

    /// <summary>Two buffers in turn: a kernel that changes the dimension cannot work in place.</summary>
    private void ApplyByTurns(ReadOnlySpan<float> source, Span<float> destination, int count)
    {
        float[]? rented = null;
        var length = count * _widest;
        var room = length <= StackDimension ? stackalloc float[2 * StackDimension] : (rented = ArrayPool<float>.Shared.Rent(2 * length));
        scoped var current = source;
        for (var i = 0; i < _kernels.Length; i++)
        {
            // By then nobody reads the source, which the destination may be.
            var next = i > 0 && i == _kernels.Length - 1 ? destination : room.Slice(i % 2 * (room.Length / 2), count * _kernels[i].OutputDimension);
            _kernels[i].Apply(current, next, count);
            current = next;
        }

        if (_kernels.Length == 1)
            current.CopyTo(destination);
        if (rented is not null)
            ArrayPool<float>.Shared.Return(rented);
    }

    private byte[] GetContent()
    {
        if (_content is null)
        {
            using var buffer = new MemoryStream();
            using (var writer = new BinaryWriter(buffer))
                EmbeddingMapFormat.Write(writer, this);
            _content = buffer.ToArray();
        }

        return _content;
    }

    private void ThrowIfPartlyOverlapping(ReadOnlySpan<float> source, Span<float> destination)
    {
        if (source.Overlaps(destination, out var offset) && (offset != 0 || InputDimension != OutputDimension))
        {
            throw new ArgumentException(
                $"The destination overlaps the source. It must be the source itself, with as many dimensions out as in ({InputDimension} in, {OutputDimension} out), or other memory.",
                nameof(destination));
        }
    }
}
