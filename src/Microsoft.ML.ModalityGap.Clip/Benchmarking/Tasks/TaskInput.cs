namespace Microsoft.ML.ModalityGap;

/// <summary>A data set behind a model and a method, as tasks measure it.</summary>
internal sealed class TaskInput
{
    private readonly EncodedData _encoded;

    internal TaskInput(MLContext ml, EncodedData encoded, FittedMethod method, bool isFittedOnMeasured, int seed, CancellationToken cancellationToken)
    {
        (ML, Method, IsFittedOnMeasured, Seed, CancellationToken, _encoded) = (ml, method, isFittedOnMeasured, seed, cancellationToken, encoded);
        Part = Data.MeasuredPart;
        var (image, text) = (method.Model.GetModality(BenchmarkMethods.Image).Map, method.Model.GetModality(BenchmarkMethods.Text).Map);
        (Images, Texts, Classes) = (encoded.Images.Map(image), encoded.Texts.Count == 0 ? encoded.Texts : encoded.Texts.Map(text), encoded.Classes?.Map(text));
    }

    internal MLContext ML { get; }

    internal FittedMethod Method { get; }

    /// <summary>Whether the rows measured are those the method was fitted on.</summary>
    internal bool IsFittedOnMeasured { get; }

    internal int Seed { get; }

    internal CancellationToken CancellationToken { get; }

    internal BenchmarkData Data => _encoded.Data;

    /// <summary>The part that is measured.</summary>
    internal string Part { get; }

    /// <summary>All images behind the method's map.</summary>
    internal Embeddings Images { get; }

    internal Embeddings Texts { get; }

    internal Embeddings? Classes { get; }

    /// <summary>What the method makes of similarities, or <see langword="null"/>.</summary>
    internal SimilarityCorrection? Correction => Method.Model.Correction;

    /// <summary>The measured part as the model made it, without any map.</summary>
    internal FitRows GetRawPairs() => _encoded.GetFitRows(Part);

    /// <summary>Mapped images with mapped texts, row by row a pair: of each image its first caption, or its class.</summary>
    internal (Embeddings Images, Embeddings Texts) GetPairs()
    {
        if (Data.Captions.Count > 0)
        {
            var pairs = GetCaptions(takesAll: false);
            return (Images.Take([.. pairs.Select(pair => pair.Image)]), Texts.Take([.. pairs.Select(pair => pair.Text)]));
        }

        var labelled = GetLabelled(Part);
        return (Images.Take(labelled), Classes!.Take([.. labelled.Select(image => Data.Images[image].Class)]));
    }

    /// <summary>The measured part's captions, all or the first of each image.</summary>
    internal IReadOnlyList<DataCaption> GetCaptions(bool takesAll) => takesAll ? Data.GetCaptions(Part) : [.. Data.GetCaptions(Part).DistinctBy(caption => caption.Image)];

    /// <summary>A part's images that have a class.</summary>
    internal IReadOnlyList<int> GetLabelled(string part) => [.. Data.GetImages(part).Where(image => Data.Images[image].Class >= 0)];

    /// <summary>The score of an image with a text: the corrected one, or the cosine.</summary>
    internal double Score(int image, int text)
    {
        var x = Images[image].Span;
        var y = Texts[text].Span;
        return Correction is null
            ? System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(x, y)
            : Correction.Score(BenchmarkMethods.Image, x, BenchmarkMethods.Text, y);
    }

    internal IDataView View(string name, Embeddings rows) => BenchmarkMethods.CreateView(ML, (name, rows));
}
