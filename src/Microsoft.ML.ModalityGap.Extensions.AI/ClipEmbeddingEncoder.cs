using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A fitted chain from items to embeddings, for many callers at once: several items go through it in batches, one alone through a prediction engine out of
/// a pool.
/// </summary>
/// <typeparam name="TRow">An item as ML.NET reads it.</typeparam>
internal sealed class ClipEmbeddingEncoder<TRow> : IDisposable
    where TRow : class, new()
{
    private const string OutputColumnName = nameof(Encoded.Embedding);

    private readonly MLContext _context;
    private readonly TransformerChain<ITransformer> _chain;
    private readonly EncodeWithOnnxTransformer _encoder;
    private readonly ConcurrentBag<PredictionEngine<TRow, Encoded>> _engines = [];
    private readonly string? _fingerprint;
    private volatile bool _disposed;

    internal ClipEmbeddingEncoder(MLContext context, string modelId, Func<MLContext, string, IEstimator<TransformerChain<ITransformer>>> createEstimator)
    {
        _context = context;
        _chain = createEstimator(context, OutputColumnName).Fit(context.Data.LoadFromEnumerable(Array.Empty<TRow>()));
        _encoder = _chain.OfType<EncodeWithOnnxTransformer>().Single();
        Metadata = new EmbeddingGeneratorMetadata("Microsoft.ML.ModalityGap", defaultModelId: modelId, defaultModelDimensions: _encoder.Dimension);

        // An encoder with a map baked in says so itself.
        _fingerprint = context.ModalityGap().ReadOnnxFingerprints(_encoder.ModelPath).GetValueOrDefault(_encoder.OutputName);
    }

    internal EmbeddingGeneratorMetadata Metadata { get; }

    /// <exception cref="ArgumentException">The options ask for another model or dimension.</exception>
    internal void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } model && model != Metadata.DefaultModelId)
            throw new ArgumentException($"The model '{model}' was asked for, but this generator is '{Metadata.DefaultModelId}'.", nameof(options));
        if (options?.Dimensions is { } dimensions && dimensions != _encoder.Dimension)
        {
            throw new ArgumentException(
                $"{dimensions} dimensions were asked for, but '{Metadata.DefaultModelId}' yields {_encoder.Dimension}. To cut embeddings, put a map with a {nameof(TruncateStep)} behind it.", nameof(options));
        }
    }

    /// <summary>Encodes on a thread of the pool.</summary>
    internal Task<GeneratedEmbeddings<Embedding<float>>> EncodeAsync(IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return rows.Count == 0 ? Task.FromResult(new GeneratedEmbeddings<Embedding<float>>()) : Task.Run(() => Encode(rows, cancellationToken), cancellationToken);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_engines.TryTake(out var engine))
            engine.Dispose();
        _chain.Dispose();
    }

    private GeneratedEmbeddings<Embedding<float>> Encode(IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        var created = DateTimeOffset.UtcNow;
        try
        {
            var vectors = rows.Count == 1 ? [EncodeOne(rows[0])] : EncodeAll(rows, cancellationToken);
            return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector)
            {
                CreatedAt = created,
                ModelId = Metadata.DefaultModelId,
                AdditionalProperties = _fingerprint is null ? null : new() { [EmbeddingMapProperties.Fingerprint] = _fingerprint },
            }));
        }
        catch (InvalidOperationException e) when (FindCause(e) is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    /// <summary>What is wrong with an item, or that it is over; ML.NET wraps what its threads throw, each thread once more.</summary>
    private static Exception? FindCause(Exception? exception)
    {
        while (exception is InvalidOperationException and not ObjectDisposedException)
            exception = exception.InnerException;
        return exception is InvalidDataException or OperationCanceledException or ObjectDisposedException ? exception : null;
    }

    private float[] EncodeOne(TRow row)
    {
        if (!_engines.TryTake(out var engine))
            engine = _context.Model.CreatePredictionEngine<TRow, Encoded>(_chain, new PredictionEngineOptions { OwnsTransformer = false });
        try
        {
            return engine.Predict(row).Embedding;
        }
        finally
        {
            _engines.Add(engine);
        }
    }

    private List<float[]> EncodeAll(IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        var encoded = _chain.Transform(_context.Data.LoadFromEnumerable(Watch(rows, cancellationToken)));
        var column = encoded.Schema[OutputColumnName];
        var vectors = new List<float[]>(rows.Count);
        using var cursor = encoded.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            getter(ref value);
            vectors.Add([.. value.DenseValues()]);
        }

        return vectors;
    }

    /// <summary>Ends the reading ahead as well.</summary>
    private static IEnumerable<TRow> Watch(IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private sealed class Encoded
    {
        public float[] Embedding { get; set; } = [];
    }
}
