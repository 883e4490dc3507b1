namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Every reader there is.</summary>
internal static class FuzzTargets
{
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new MapTarget(), new StatisticsTarget(), new PairStatisticsTarget(), new IndexTarget(), new RescorerTarget(), new ClassesTarget(), new VectorStoreTarget(), new ApproximateIndexTarget(), new TrainingStateTarget(),
        new MapsModelTarget(), new LongModelTarget(), new CorrectedModelTarget(), new FusedModelTarget(), new CaptionsModelTarget(), new RecalibratedModelTarget(), new ClassifiedModelTarget(), new NearestModelTarget(),
        new EncoderModelTarget(), new ModalityGapModelTarget(),
        new NpyTarget(), new NpzTarget(), new SafetensorsTarget(), new SidecarTarget(), new ParquetTarget(), new ArrowTarget(), new Hdf5Target(), new EmbeddingTableTarget(), new QrelsTarget(),
        new PngTarget(), new JpegTarget(), new WebPTarget(), new GifTarget(), new BmpTarget(), new TiffTarget(),
        new VocabularyTarget(), new MergesTarget(), new MergesAloneTarget(), new TokenizerJsonTarget(), new SentencePieceTarget(), new TokenizerFolderTarget(), new OpenClipConfigTarget(), new PromptTemplatesTarget(), new PreprocessorConfigTarget(),
        new FingerprintsTarget(), new BakeTarget(), new EncoderTarget(), new GoldenTarget(),
        new ConfigFileTarget(), new IdsTarget(), new LabelsTarget(), new EmbedProgressTarget(), new StatisticsFileTarget(), new HitsFileTarget(),
        .. DataSetTargets.All,
        new HttpTarget(), new GalleryTarget(),
    ];

    /// <summary>The same with those that break what is promised, by which the fuzzer itself is tested.</summary>
    internal static IReadOnlyList<FuzzTarget> Known { get; } = [.. All, .. Enum.GetValues<FuzzFaultKind>().Select(kind => new DeliberateTarget(kind))];

    /// <exception cref="ArgumentException">There is no such reader.</exception>
    internal static FuzzTarget Find(string name) => Known.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"No reader is called '{name}'; --list names them.");
}
