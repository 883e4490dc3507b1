namespace Microsoft.ML.ModalityGap;

/// <summary>Where texts or images go through a chain of transformers: the column they enter by, and the last one that holds their embedding.</summary>
/// <param name="InputColumnName">The column that the tokenizer or the preprocessing reads.</param>
/// <param name="EmbeddingColumnName">The embedding, behind the maps where there are some.</param>
/// <param name="Modality">What the maps call it; the column's name where there are none.</param>
internal sealed record ModelPath(string InputColumnName, string EmbeddingColumnName, string Modality)
{
    /// <summary>Finds the paths of texts and images.</summary>
    /// <returns>Each <see langword="null"/> where there is none; the last where there are several.</returns>
    internal static (ModelPath? Text, ModelPath? Image) Find(IReadOnlyList<ITransformer> transformers)
    {
        var (texts, images) = (new Trail(), new Trail());
        foreach (var transformer in transformers)
        {
            switch (transformer)
            {
                case TokenizeClipTextTransformer tokenizer:
                    texts.Prepare(tokenizer.InputColumnName, tokenizer.Options.InputIdsColumnName);
                    break;
                case PreprocessClipImagesTransformer preprocessing:
                    images.Prepare(preprocessing.InputColumnName, preprocessing.OutputColumnName);
                    break;
                case EncodeWithOnnxTransformer encoder:
                    texts.Encode(encoder);
                    images.Encode(encoder);
                    break;
                case EmbeddingMapTransformer map:
                    foreach (var ((output, input), i) in map.Columns.Pairs.Select((pair, i) => (pair, i)))
                    {
                        var modality = map.Columns.ModalityColumnName is null ? map.Modalities[i].Modality : null;
                        texts.Follow(input, output, modality);
                        images.Follow(input, output, modality);
                    }

                    break;
            }
        }

        return (texts.End, images.End);
    }

    /// <summary>The transformers of a chain, chains inside it opened.</summary>
    internal static IReadOnlyList<ITransformer> Flatten(ITransformer model) => model is IEnumerable<ITransformer> chain ? [.. chain.SelectMany(Flatten)] : [model];

    /// <summary>Follows one kind of input through the chain.</summary>
    private sealed class Trail
    {
        private readonly Dictionary<string, string> _prepared = new(StringComparer.Ordinal);

        internal ModelPath? End { get; private set; }

        internal void Prepare(string input, string output) => _prepared[output] = input;

        internal void Encode(EncodeWithOnnxTransformer encoder)
        {
            if (encoder.Inputs.Select(input => _prepared.GetValueOrDefault(input.ColumnName)).FirstOrDefault(input => input is not null) is { } source)
                End = new ModelPath(source, encoder.OutputColumnName, encoder.OutputColumnName);
        }

        internal void Follow(string input, string output, string? modality)
        {
            if (End?.EmbeddingColumnName == input)
                End = End with { EmbeddingColumnName = output, Modality = modality ?? End.Modality };
        }
    }
}
