using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Deals the inputs out to processes, starts another where one ends, and adds up.</summary>
internal sealed class FuzzRun
{
    // Of which a reader's share is dealt out at a time.
    private const long TaskInputs = 2_000;

    private readonly FuzzOptions _options;
    private readonly Dictionary<string, TargetResult> _results;
    private readonly Queue<FuzzTask> _tasks;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _lock = new();

    private FuzzRun(FuzzOptions options)
    {
        _options = options;
        _results = options.Targets.ToDictionary(target => target.Name, target => new TargetResult { Target = target.Name }, StringComparer.Ordinal);
        _tasks = Deal(options);
    }

    internal IReadOnlyCollection<TargetResult> Results => _results.Values;

    internal TimeSpan Elapsed => _watch.Elapsed;

    internal static FuzzRun Run(FuzzOptions options)
    {
        var run = new FuzzRun(options);
        var root = Directory.CreateTempSubdirectory("modality-gap-fuzz-").FullName;
        try
        {
            var program = options.IsInstrumented ? InstrumentedCopy.Create(Path.Combine(root, "program")) : typeof(FuzzRun).Assembly.Location;
            var workers = Enumerable.Range(0, options.Workers)
                .Select(i => Task.Factory.StartNew(() => run.Serve(program, Path.Combine(root, $"worker-{i}")), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
                .ToArray();
            Task.WaitAll(workers);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        run._watch.Stop();
        return run;
    }

    /// <summary>Each reader's share in pieces, all readers by turns, so that a run that is cut short has seen them all.</summary>
    private static Queue<FuzzTask> Deal(FuzzOptions options)
    {
        var shares = options.Targets.Sum(target => target.Share);
        var rest = options.Targets.Select(target => (Target: target, Count: Math.Max(1, (long)(options.Inputs * target.Share / shares)))).ToArray();

        // What rounding leaves goes to the first.
        rest[0].Count = Math.Max(1, rest[0].Count + options.Inputs - rest.Sum(entry => entry.Count));
        var (tasks, first) = (new Queue<FuzzTask>(), 0L);
        for (; rest.Any(entry => entry.Count > first); first += TaskInputs)
        {
            foreach (var (target, count) in rest)
            {
                if (count > first)
                    tasks.Enqueue(new FuzzTask(target, first, Math.Min(TaskInputs, count - first)));
            }
        }

        return tasks;
    }

    private void Serve(string program, string folder)
    {
        WorkerProcess? worker = null;
        try
        {
            while (TakeTask() is { } task)
            {
                worker ??= new WorkerProcess(_options, program, folder);
                if (worker.Run(task) is { } result)
                {
                    Add(result);
                    continue;
                }

                var (number, bytes, kind, detail) = worker.TakeEnd();
                worker.Dispose();
                worker = null;
                number = Math.Clamp(number, task.First, task.First + task.Count - 1);
                var fault = new FuzzFault(task.Target.Name, kind, "", detail, Worker.SaveInput(_options.Failures, task.Target.Name, kind, bytes));

                // What the process had counted is gone with it; what it had written of failing inputs is not.
                Add(new TargetResult { Target = task.Target.Name, Inputs = number + 1 - task.First, FaultCount = 1, Faults = { fault } });
                if (number + 1 < task.First + task.Count)
                    PutBack(task with { First = number + 1, Count = task.First + task.Count - number - 1 });
            }
        }
        finally
        {
            worker?.Dispose();
        }
    }

    private FuzzTask? TakeTask()
    {
        lock (_lock)
            return _watch.Elapsed < _options.Duration && _tasks.TryDequeue(out var task) ? task : null;
    }

    private void PutBack(FuzzTask task)
    {
        lock (_lock)
            _tasks.Enqueue(task);
    }

    private void Add(TargetResult result)
    {
        lock (_lock)
        {
            foreach (var fault in result.Faults.Where(fault => !_results[result.Target].Faults.Any(known => known.Kind == fault.Kind && known.Place == fault.Place)))
                Console.Error.WriteLine($"{fault.Target}: {fault.Kind} {fault.Place}\n  {fault.Detail.ReplaceLineEndings("\n  ")}\n  {fault.InputFile}");
            _results[result.Target].Add(result);
        }
    }
}

/// <summary>Some inputs of a reader.</summary>
internal sealed record FuzzTask(FuzzTarget Target, long First, long Count);
