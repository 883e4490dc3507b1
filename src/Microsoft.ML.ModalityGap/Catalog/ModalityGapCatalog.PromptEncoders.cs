namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Makes a prompt encoder of a pipeline from a text column to an embedding column. It is fitted on the prompts themselves, so it must be one that
    /// learns nothing from data; for others fit it first and give the transformer.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="inputColumnName">The column of texts it reads.</param>
    /// <param name="outputColumnName">The embeddings it writes.</param>
    public PromptEncoder CreatePromptEncoder(IEstimator<ITransformer> pipeline, string inputColumnName, string outputColumnName)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        return PromptEncoder.FromPipeline(_host, pipeline, inputColumnName, outputColumnName);
    }

    /// <summary>Makes a prompt encoder of a fitted pipeline, such as a text encoder with the text modality's map behind it.</summary>
    /// <param name="transformer">The fitted pipeline; it stays the caller's to dispose of.</param>
    /// <param name="inputColumnName">The column of texts it reads.</param>
    /// <param name="outputColumnName">The embeddings it writes.</param>
    public PromptEncoder CreatePromptEncoder(ITransformer transformer, string inputColumnName, string outputColumnName)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        return PromptEncoder.FromTransformer(_host, transformer, inputColumnName, outputColumnName);
    }
}
