using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.ModalityGap;

/// <summary>Clusters the embeddings of all modalities with ML.NET's k-means, and compares.</summary>
internal static class ClusteringEvaluator
{
    internal static ClusteringMetrics Evaluate(IHost host, IDataView data, ModalityColumns columns, string? labelColumnName, ClusteringEvaluationOptions options)
    {
        var parts = columns.Pairs.Select(pair => (
            Modality: pair.Input,
            Rows: EvaluationRows.Load(host, data, pair.Input, normalize: true, options.UnusableRows, labelColumnName, columns.ModalityColumnName))).ToArray();
        var isWide = columns.ModalityColumnName is null;
        var rows = isWide ? EvaluationRows.Concatenate(parts) : parts[0].Rows;
        var labels = labelColumnName is null ? null : rows.Ids!;
        var labelCount = labels?.Where(label => label.Length > 0).Distinct(StringComparer.Ordinal).Count();
        if (labelCount == 0)
            throw new InvalidDataException($"Column '{labelColumnName}' holds no label.");

        var k = options.ClusterCount ?? labelCount
            ?? throw new ArgumentException($"Without labels the number of clusters is not known; set {nameof(ClusteringEvaluationOptions)}.{nameof(options.ClusterCount)}.", nameof(options));
        if (k > rows.Count)
            throw new InvalidDataException($"{rows.Count} usable vectors cannot make {k} clusters.");

        var (clusters, meanSquaredDistance) = Cluster(rows, k, options);
        var labelled = labels is null ? [] : Enumerable.Range(0, rows.Count).Where(row => labels[row].Length > 0).ToArray();
        return new ClusteringMetrics
        {
            Count = rows.Count,
            SkippedCount = rows.SkippedCount,
            ClusterCount = k,
            MeanSquaredDistance = meanSquaredDistance,
            Labels = labels is null ? null : new ClusterAgreement(Array.ConvertAll(labelled, row => labels[row]), Array.ConvertAll(labelled, row => clusters[row])),
            Modalities = new ClusterAgreement(rows.Modalities!, clusters),
            RowAgreement = isWide && parts.Length > 1 ? MeasureRowAgreement([.. parts.Select(part => part.Rows.Rows)], clusters) : null,
            Clusters = clusters,
        };
    }

    private static (int[] Clusters, double MeanSquaredDistance) Cluster(EvaluationRows rows, int k, ClusteringEvaluationOptions options)
    {
        var definition = SchemaDefinition.Create(typeof(Example));
        definition[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows.Dimension);
        var examples = Enumerable.Range(0, rows.Count).Select(row => new Example { Features = rows.Values.AsSpan(row * rows.Dimension, rows.Dimension).ToArray() }).ToArray();
        (int[] Clusters, double MeanSquaredDistance)? best = null;
        for (var run = 0; run < options.Restarts; run++)
        {
            // A context of its own, on one thread, so that the same seed gives the same clusters.
            var context = new MLContext(unchecked(options.Seed * 7_919 + run));
            var data = context.Data.LoadFromEnumerable(examples, definition);
            var model = Fit(context, data, k, options);
            var predictions = context.Data.CreateEnumerable<Prediction>(model.Transform(data), reuseRowObject: false).ToArray();

            // Scores are squared distances to the centres, up to rounding.
            var distance = predictions.Average(prediction => Math.Max(0, (double)prediction.Score.Min()));
            if (best is null || distance < best.Value.MeanSquaredDistance)
                best = (Array.ConvertAll(predictions, prediction => (int)prediction.PredictedLabel - 1), distance);
        }

        return best!.Value;
    }

    private static ClusteringPredictionTransformer<KMeansModelParameters> Fit(MLContext context, IDataView data, int k, ClusteringEvaluationOptions options)
    {
        var trainer = context.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            FeatureColumnName = nameof(Example.Features),
            NumberOfClusters = k,
            NumberOfThreads = 1,
            MaximumNumberOfIterations = options.MaximumIterations,
            InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus,
        });
        try
        {
            return trainer.Fit(data);
        }
        catch (InvalidOperationException exception)
        {
            // What ML.NET says of too few different vectors.
            throw new InvalidDataException($"k-means makes no {k} clusters of these vectors: {exception.Message}. Ask for fewer.", exception);
        }
    }

    /// <param name="rows">The place in the data of each vector, by modality.</param>
    /// <param name="clusters">Of all vectors, one modality behind the other.</param>
    private static double? MeasureRowAgreement(int[][] rows, int[] clusters)
    {
        var clustersOf = new Dictionary<int, List<int>>();
        var next = 0;
        foreach (var row in rows.SelectMany(part => part))
        {
            if (!clustersOf.TryGetValue(row, out var list))
                clustersOf[row] = list = [];
            list.Add(clusters[next++]);
        }

        var complete = clustersOf.Values.Where(list => list.Count == rows.Length).ToArray();
        return complete.Length == 0 ? null : (double)complete.Count(list => list.TrueForAll(cluster => cluster == list[0])) / complete.Length;
    }

    private sealed class Example
    {
        public float[] Features { get; init; } = [];
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
