using System.Collections.Concurrent;
using Microsoft.ML;

namespace SearchService;

/// <summary>
/// Prediction engines for many requests at once: an engine serves one at a time, and there are as many as cores. More engines would only make every request wait
/// longer, as each has a whole core's work to do.
/// </summary>
internal sealed class EnginePool<TInput, TOutput> : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly Func<PredictionEngine<TInput, TOutput>> _create;
    private readonly ConcurrentBag<PredictionEngine<TInput, TOutput>> _engines = [];
    private readonly SemaphoreSlim _free = new(Environment.ProcessorCount);
    private readonly int _maxWaiting;
    private int _waiting;

    internal EnginePool(MLContext ml, ITransformer model, int maxWaiting)
    {
        _maxWaiting = maxWaiting;
        _create = () => ml.Model.CreatePredictionEngine<TInput, TOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });
    }

    /// <exception cref="ServiceBusyException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async Task<TOutput> PredictAsync(TInput input, CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(0, cancellationToken))
        {
            if (Interlocked.Increment(ref _waiting) > _maxWaiting)
            {
                Interlocked.Decrement(ref _waiting);
                throw new ServiceBusyException();
            }

            try
            {
                await _free.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        try
        {
            var engine = _engines.TryTake(out var taken) ? taken : _create();
            try
            {
                return engine.Predict(input);
            }
            finally
            {
                _engines.Add(engine);
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_engines.TryTake(out var engine))
            engine.Dispose();
        _free.Dispose();
    }
}

/// <summary>More requests wait than the service takes on.</summary>
internal sealed class ServiceBusyException() : Exception("Too many requests are waiting; try again in a moment.");
