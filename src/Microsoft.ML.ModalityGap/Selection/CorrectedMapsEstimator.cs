using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fits a candidate's maps, then its correction on pairs behind them.</summary>
internal sealed class CorrectedMapsEstimator(IHostEnvironment env, ModalityColumns columns, IEstimator<EmbeddingMapTransformer> maps, SimilarityCorrectionOptions correction)
    : IEstimator<EmbeddingMapTransformer>
{
    private readonly IHost _host = env.Register(nameof(CorrectedMapsEstimator));

    /// <summary>Fits both.</summary>
    /// <exception cref="InvalidDataException">A row cannot be used, or behind the maps similarities do not differ, so that there is nothing to scale by.</exception>
    public EmbeddingMapTransformer Fit(IDataView input)
    {
        var model = maps.Fit(input);
        var sample = new DataViewFitSource(_host, columns, CenterModalitiesOptions.Default, input).Sample(correction.MaximumBankRows, correction.Seed);
        var dimension = model.Modalities[0].Map.OutputDimension;
        var banks = model.Modalities.Select((entry, i) =>
        {
            var mapped = new float[sample.Count(i) * dimension];
            entry.Map.ApplyRows(sample.Rows[i], mapped);
            return CorrectionBank.Create(entry.Modality, mapped, dimension);
        }).ToArray();

        // Not calibrated on the rows that the maps were fitted on: matches would look more probable than new ones are.
        var fitted = CorrectionFit.Fit(banks, dimension, arePairs: true, correction, calibrate: false);
        return new EmbeddingMapTransformer(_host, model.Columns, model.Modalities, model.Fingerprint, fitted);
    }

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => maps.GetOutputSchema(inputSchema);
}
