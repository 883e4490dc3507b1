using System.Collections.Concurrent;
using Microsoft.ML;

namespace SearchService;

/// <summary>
/// Prediction engines for many requests at once: an engine serves one at a time, and there are as many as cores. More engines would only make every request wait
/// longer, as each has a whole core's work to do. How many requests may wait is limited before (<see cref="Limits"/>).
/// </summary>
internal sealed class EnginePool<TInput, TOutput> : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly Func<PredictionEngine<TInput, TOutput>> _create;
    private readonly ConcurrentBag<PredictionEngine<TInput, TOutput>> _engines = [];
    private readonly SemaphoreSlim _free = new(Environment.ProcessorCount);

    internal EnginePool(MLContext ml, ITransformer model) =>
        _create = () => ml.Model.CreatePredictionEngine<TInput, TOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });

    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async Task<TOutput> PredictAsync(TInput input, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
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
