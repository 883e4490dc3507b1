using System.Globalization;
using System.Reflection;

namespace Microsoft.ML.ModalityGap;

/// <summary>Models × data sets × what is fitted on × methods, by way of the caches.</summary>
internal sealed class BenchmarkRunner
{
    // Encoding takes nearly all of the time.
    private const double EncodingShare = 0.9;

    private readonly MLContext _ml;
    private readonly BenchmarkOptions _options;
    private readonly IReadOnlyList<IBenchmarkTask> _tasks;
    private readonly IProgress<BenchmarkProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly CellCache _cells;

    internal BenchmarkRunner(BenchmarkOptions options, IProgress<BenchmarkProgress>? progress, CancellationToken cancellationToken)
    {
        (_options, _progress, _cancellationToken) = (options, progress, cancellationToken);
        _ml = new MLContext(options.Seed);
        _cells = new CellCache(Path.Combine(options.CacheFolder, "measurements"));
        var methods = BenchmarkMethods.GetNames(_ml).ToHashSet(StringComparer.Ordinal);
        if (options.Methods.FirstOrDefault(method => !methods.Contains(method)) is { } unknown)
            throw new ArgumentException($"There is no method '{unknown}'. There is '{string.Join("', '", methods)}'.", nameof(options));
        if (options.Tasks?.FirstOrDefault(task => BenchmarkTasks.All.All(known => known.Name != task)) is { } unknownTask)
            throw new ArgumentException($"There is no task '{unknownTask}'. There is '{string.Join("', '", BenchmarkTasks.All.Select(task => task.Name))}'.", nameof(options));
        if (options.FitOn.FirstOrDefault(fit => fit.Data is { } name && options.Data.All(source => (source.Name ?? source.Format) != name)) is { } strange)
            throw new ArgumentException($"Methods are to be fitted on '{strange.Data}', but it is none of the data sets of the run.", nameof(options));
        _tasks = options.Tasks is null ? BenchmarkTasks.All : [.. BenchmarkTasks.All.Where(task => options.Tasks.Contains(task.Name))];
    }

    internal BenchmarkResult Run()
    {
        BenchmarkData[] data = [.. _options.Data.Select(Read)];
        var findings = data.SelectMany(entry => entry.Findings).ToList();
        var (measurements, notMeasured) = (new List<BenchmarkMeasurement>(), new List<string>());
        var provenance = new List<(string, string)>
        {
            ("library", $"Microsoft.ML.ModalityGap {typeof(BenchmarkRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}"),
            ("methods", string.Join(", ", _options.Methods)),
            ("fitted on", _options.FitOn.Count == 0 ? "the training part, or the measured rows where there is none" : string.Join(", ", _options.FitOn)),
            ("seed", _options.Seed.ToString(CultureInfo.InvariantCulture)),
            ("limit", _options.Limit?.ToString(CultureInfo.InvariantCulture) ?? "none"),
            ("sentences for classes", string.Join(" | ", _options.Templates.Take(3)) + (_options.Templates.Count > 3 ? $" and {_options.Templates.Count - 3} more" : "")),
        };
        var checksums = new ImageChecksums(Path.Combine(_options.CacheFolder, "checksums"));
        for (var m = 0; m < _options.Models.Count; m++)
        {
            var model = _options.Models[m];
            using var encoder = new DataEncoder(_ml, model, Path.Combine(_options.CacheFolder, "embeddings"), checksums, _options.Encoder, _cancellationToken);
            provenance.Add(($"model {model.Name}", $"images {encoder.ImageFingerprint[..16]}, texts {encoder.TextFingerprint[..16]}"));
            var encoded = new EncodedData[data.Length];
            for (var d = 0; d < data.Length; d++)
            {
                var (at, stage) = ((double)m * data.Length + d, $"{model.Name}: encoding {data[d].Name}");
                encoded[d] = encoder.Encode(data[d], new ShareReport(share => Tell(stage, (at + EncodingShare * share) / (_options.Models.Count * data.Length))), _cancellationToken);
                findings.AddRange(encoded[d].Data.Findings.Except(data[d].Findings));
            }

            for (var d = 0; d < data.Length; d++)
            {
                foreach (var cell in MeasureAll(model, encoded, d))
                {
                    measurements.AddRange(cell.Measurements);
                    notMeasured.AddRange(cell.NotMeasured);
                }

                Tell($"{model.Name}: measuring {data[d].Name}", (double)(m * data.Length + d + 1) / (_options.Models.Count * data.Length));
            }
        }

        provenance.AddRange(data.Select(entry => ($"data {entry.Name}", string.Create(
            CultureInfo.InvariantCulture, $"{entry.Format}: {entry.Images.Count:N0} images ({string.Join(", ", entry.Images.CountBy(image => image.Part).Select(part => $"{part.Key} {part.Value:N0}"))}), {entry.Texts.Count:N0} texts"))));
        return new BenchmarkResult(measurements, findings, [.. notMeasured.Distinct()], provenance);
    }

    private BenchmarkData Read(BenchmarkSource source)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Tell($"reading {source.Name ?? source.Format}", 0);
        var data = DataReaders.Read(source);
        return (_options.Limit is { } limit ? data.Limit(limit) : data).WithPrompts(_options.Templates);
    }

    private IEnumerable<MeasuredCell> MeasureAll(BenchmarkModel model, EncodedData[] encoded, int index)
    {
        var data = encoded[index].Data;
        IReadOnlyList<BenchmarkFit> fits = _options.FitOn.Count > 0
            ? _options.FitOn
            : [data.HasPart(DataParts.Training) && data.MeasuredPart != DataParts.Training ? BenchmarkFit.TrainingPart : BenchmarkFit.MeasuredPart];
        foreach (var (method, fit) in from method in _options.Methods from fit in method == SelectionCandidates.Raw ? fits.Take(1) : fits select (method, fit))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var isRaw = method == SelectionCandidates.Raw;
            var source = fit.Data is { } name ? Array.Find(encoded, other => other.Data.Name == name)! : encoded[index];
            var part = fit == BenchmarkFit.MeasuredPart || isRaw ? data.MeasuredPart
                : fit == BenchmarkFit.TrainingPart || source.Data.HasPart(DataParts.Training) ? DataParts.Training : source.Data.MeasuredPart;
            var key = CellCache.GetKey(model.Name, data.Name, encoded[index].Key, source.Key, part, method, fit.Name, _options.Seed.ToString(CultureInfo.InvariantCulture), string.Join('|', _tasks.Select(task => task.Name)));
            if (_cells.Find(key) is not { } cell)
                _cells.Store(key, cell = Measure(model, encoded[index], source, part, method, isRaw ? "" : fit.Name));
            yield return cell;
        }
    }

    private MeasuredCell Measure(BenchmarkModel model, EncodedData encoded, EncodedData source, string part, string method, string fittedOn)
    {
        var data = encoded.Data;
        var (measurements, notMeasured) = (new List<BenchmarkMeasurement>(), new List<string>());
        var what = $"{model.Name}, {data.Name}, {method}{(fittedOn.Length == 0 ? "" : $" fitted on {fittedOn}")}";
        FittedMethod fitted;
        try
        {
            fitted = BenchmarkMethods.Fit(_ml, method, source.GetFitRows(part), _options.Seed);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            return new MeasuredCell([], [$"{what}: {exception.Message}"]);
        }

        var input = new TaskInput(_ml, encoded, fitted, source == encoded && part == data.MeasuredPart, _options.Seed, _cancellationToken);
        foreach (var task in _tasks.Where(task => task.Fits(data)))
        {
            try
            {
                measurements.AddRange(task.Measure(input).Select(measure => new BenchmarkMeasurement(
                    model.Name, data.Name, input.Part, task.Name, method, fitted.Took, fittedOn, fittedOn.Length == 0 ? 0 : fitted.PairCount, measure.Name, measure.Value, measure.Count)).ToList());
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
            {
                notMeasured.Add($"{what}, {task.Name}: {exception.Message}");
            }
        }

        return new MeasuredCell(measurements, notMeasured);
    }

    private void Tell(string stage, double share) => _progress?.Report(new BenchmarkProgress(stage, share));

    private sealed class ShareReport(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
