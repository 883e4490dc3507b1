using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>
/// The process in which readers are attacked: it is told on standard input which reader, and which of its inputs, and answers with a line of JSON. If an input ends it, another takes over behind that input.
/// </summary>
internal sealed class Worker : IDisposable
{
    // Handles are looked for once in so many inputs; the files' names say which it was.
    private const int HandleInterval = 32;

    // Of inputs that went a new way.
    private const int MaximumCorpus = 3000;

    private readonly int _seed;
    private readonly string _failures;
    private readonly EdgeMap? _edges;
    private readonly InputJournal _journal;
    private readonly InputRunner _runner;
    private readonly Dictionary<string, Knowledge> _known = new(StringComparer.Ordinal);

    private Worker(FuzzOptions options)
    {
        _seed = options.Seed;
        _failures = options.Failures;
        Directory.CreateDirectory(_failures);
        var folder = Directory.CreateDirectory(Path.Combine(options.WorkFolder!, "inputs")).FullName;
        _journal = new InputJournal(Path.Combine(options.WorkFolder!, "journal"));
        _runner = new InputRunner(folder, options.Limits, new Watchdog(options.Limits));
        if (options.IsInstrumented)
        {
            _edges = new EdgeMap();
            _edges.Attach();
        }
    }

    internal static int Run(FuzzOptions options)
    {
        using var worker = new Worker(options);
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var result = worker.Attack(FuzzTargets.Find(words[0]), long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture), long.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
            Console.Out.WriteLine(JsonSerializer.Serialize(result));
        }

        return 0;
    }

    public void Dispose() => _journal.Dispose();

    private TargetResult Attack(FuzzTarget target, long first, long count)
    {
        if (!_known.TryGetValue(target.Name, out var known))
            _known.Add(target.Name, known = new Knowledge(target));
        var result = new TargetResult { Target = target.Name };
        for (var number = first; number < first + count; number++)
        {
            var random = new FuzzRandom(_seed, target.Name, number);
            var isSeed = number < known.SeedCount;

            // New ways lead mostly to errors; so one in three begins at a right input again.
            var bytes = isSeed ? known.Corpus[(int)number] : target.Shape.MutateOrDamage(known.Corpus[random.Next(random.Chance(0.33) ? known.SeedCount : known.Corpus.Count)], random);
            _journal.Write(number, bytes);
            _edges?.Clear();
            var outcome = _runner.Run(target, bytes, number, isWarmUp: isSeed || number == first);
            if (isSeed && !outcome.IsAccepted && outcome.Fault is null)
                outcome = outcome with { Fault = FuzzFaultKind.Result, Place = $"a right input is refused: {outcome.Detail}" };
            if (_edges is not null && _edges.AddTo(known.Known) && !isSeed && known.Corpus.Count < MaximumCorpus)
                known.Corpus.Add(bytes);

            result.Inputs++;
            result.Accepted += outcome.IsAccepted ? 1 : 0;
            result.ProcessorSeconds += outcome.ProcessorTime.TotalSeconds;
            if (!isSeed && number != first)
            {
                result.SlowestSeconds = Math.Max(result.SlowestSeconds, outcome.ProcessorTime.TotalSeconds);
                result.MostBytes = Math.Max(result.MostBytes, outcome.Bytes);
            }

            known.Recent[number % HandleInterval] = bytes;
            if (outcome.Fault is { } kind)
                Record(result, kind, outcome.Place, outcome.Detail, bytes);
            if (number % HandleInterval == HandleInterval - 1 || number == first + count - 1)
                RecordHandles(result, known);
        }

        if (_edges is not null)
            result.Edges = Pack(known.Known);
        return result;
    }

    private void RecordHandles(TargetResult result, Knowledge known)
    {
        foreach (var (number, file) in _runner.FindHandles())
        {
            if (known.Handles.Add(number) && known.Recent[number % HandleInterval] is { } bytes)
                Record(result, FuzzFaultKind.Handle, "", $"'{file}' is still open", bytes);
        }
    }

    private void Record(TargetResult result, FuzzFaultKind kind, string place, string detail, byte[] bytes)
    {
        result.FaultCount++;
        if (!result.Faults.Any(former => former.Kind == kind && former.Place == place))
            result.Faults.Add(new FuzzFault(result.Target, kind, place, detail, SaveInput(_failures, result.Target, kind, bytes)));
    }

    /// <summary>Keeps an input for <c>--replay</c>; its name says of which reader it is.</summary>
    internal static string SaveInput(string folder, string target, FuzzFaultKind kind, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{target}.{kind.ToString().ToLowerInvariant()}.{Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Pack(byte[] cells)
    {
        var bits = new byte[cells.Length / 8];
        for (var i = 0; i < cells.Length; i++)
            bits[i / 8] |= (byte)(cells[i] << (i % 8));
        return bits;
    }

    /// <summary>What is known of a reader so far.</summary>
    private sealed class Knowledge
    {
        internal Knowledge(FuzzTarget target)
        {
            Corpus.AddRange(target.CreateSeeds());
            SeedCount = Corpus.Count;
        }

        internal List<byte[]> Corpus { get; } = [];

        internal int SeedCount { get; }

        internal byte[] Known { get; } = new byte[EdgeMap.Size];

        internal byte[]?[] Recent { get; } = new byte[]?[HandleInterval];

        internal HashSet<long> Handles { get; } = [];
    }
}
