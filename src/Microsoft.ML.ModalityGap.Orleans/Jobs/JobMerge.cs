using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Merges what the shards of a fit came to, and fits.</summary>
internal static class JobMerge
{
    /// <returns>The fingerprint of the model.</returns>
    internal static string Run(JobSpecification job, string folder, ModalityGapSiloOptions options)
    {
        using var activity = ClusterTelemetry.Activities.StartActivity("modality_gap.merge");
        var statistics = MergedStatistics.Merge(Enumerable.Range(0, job.Shards.Length).Select(number => ShardTask.GetStatisticsPath(folder, number)));
        if (statistics.Shards.Count != job.Shards.Length)
            throw new InvalidDataException($"The statistics are of {statistics.Shards.Count} shards, but the job has {job.Shards.Length}.");
        var ml = new MLContext();
        var columns = ModalityColumns.PerColumn(statistics.Names);
        var model = statistics.Fit(options.Estimators[job.Estimator](ml, columns, statistics.IsPaired && statistics.Dimensions[0] == statistics.Dimensions[1]));
        var schema = new DataViewSchema.Builder();
        foreach (var (name, dimension) in statistics.Names.Zip(statistics.Dimensions))
            schema.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, dimension));
        AtomicFile.Write(job.Output, stream => ml.Model.Save(model, schema.ToSchema(), stream));
        return model.Fingerprint;
    }
}
