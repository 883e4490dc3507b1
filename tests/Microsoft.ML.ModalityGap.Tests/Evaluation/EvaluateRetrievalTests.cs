using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public class EvaluateRetrievalTests
{
    private const int Dimension = 6;

    [TestMethod]
    public void EvaluateRetrieval_ByRow_EqualsTheDefinitions()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, 120, 13);
        var metrics = context.ModalityGap().EvaluateRetrieval(data, "Text", data, "Image", Relevance.ByRow);
        var gap = context.ModalityGap().Evaluate(data, "Image", "Text");
        CollectionAssert.AreEqual(gap.SecondToFirst.Ranks.ToArray(), metrics.FirstRelevantRanks.ToArray());
        Assert.AreEqual("Text->Image", metrics.Direction);
        Assert.AreEqual(gap.SecondToFirst.RecallAt(5), metrics.RecallAt(5), 1e-12);
        StringAssert.Contains(metrics.ToString(), "by row");
    }

    [TestMethod]
    [DataRow("text")]
    [DataRow("key")]
    [DataRow("number")]
    [DataRow("float")]
    public void EvaluateRetrieval_ByIdOfAnyType_FindsManyCaptionsOfAnImage(string type)
    {
        // Image i has captions 3i, 3i + 1 and 3i + 2; the last image has none, and the last caption no image.
        var context = new MLContext();
        var images = Create(41, 1, row => $"{100 + row}");
        var captions = Create(121, 2, row => row == 120 ? "" : $"{100 + row / 3}");
        var relevant = Enumerable.Range(0, 120).Select(caption => (caption / 3, caption, 1f)).ToArray();
        var naive = new NaiveRetrieval(Unit(images), Unit(captions), Dimension, relevant);

        var (imageIds, captionIds) = type switch
        {
            "key" => ("Key", "Key"),
            "number" => ("Number", "Id"),
            "float" => ("Float", "Float"),
            _ => ("Id", "Id"),
        };
        var both = context.ModalityGap().EvaluateRetrievalBothWays(
            View(context, images), "Embedding", View(context, captions), "Embedding", Relevance.ById(imageIds, captionIds));
        var metrics = both.FirstToSecond;
        Assert.AreEqual(1, metrics.QueriesWithoutRelevantCount);
        Assert.AreEqual(120, metrics.RelevantCount);
        Assert.AreEqual(Enumerable.Range(0, 40).Average(query => naive.Recall(query, 10)), metrics.RecallAt(10), 1e-12);
        Assert.AreEqual(Enumerable.Range(0, 40).Average(query => naive.TextbookRecall(query, 10)), metrics.TextbookRecallAt(10), 1e-12);
        Assert.AreEqual(Enumerable.Range(0, 40).Average(naive.AveragePrecision), metrics.MeanAveragePrecision, 1e-12);
        Assert.AreNotEqual(metrics.RecallAt(10), metrics.TextbookRecallAt(10));
        Assert.AreEqual(1, both.SecondToFirst.QueriesWithoutRelevantCount);
        Assert.AreEqual(
            context.ModalityGap().EvaluateRetrieval(View(context, captions), "Embedding", View(context, images), "Embedding", Relevance.ById(captionIds, imageIds)).ToString(),
            both.SecondToFirst.ToString());
    }

    [TestMethod]
    public void EvaluateRetrieval_Judgements_CountGradesAndNameUnknownIds()
    {
        var context = new MLContext();
        var (queries, documents) = (Create(10, 3, row => $"q{row}"), Create(50, 4, row => $"d{row}"));
        var random = new Random(2);
        var relevant = Enumerable.Range(0, 10).SelectMany(query => Enumerable.Range(0, 50).Where(_ => random.Next(4) == 0).Select(document => (query, document, (float)random.Next(4)))).ToArray();
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["query-id\tcorpus-id\tscore", .. relevant.Select(entry => FormattableString.Invariant($"q{entry.query}\td{entry.document}\t{entry.Item3}")), "q0\tsomething\t1"]);
            var judged = context.ModalityGap().EvaluateRetrieval(
                View(context, queries), "Embedding", View(context, documents), "Embedding", Relevance.ByJudgements("Id", "Id", Relevance.ReadJudgements(path)), new() { Gain = NdcgGain.Exponential });
            var naive = new NaiveRetrieval(Unit(queries), Unit(documents), Dimension, relevant);
            Assert.AreEqual(Enumerable.Range(0, 10).Average(query => naive.Ndcg(query, 10, grade => Math.Pow(2, grade) - 1)), judged.NdcgAt(10), 1e-12);
            Assert.AreEqual(1, judged.UnknownJudgementCount);
            StringAssert.Contains(judged.ToString(), "1 judgements of unknown ids");

            File.WriteAllLines(path, relevant.Select(entry => FormattableString.Invariant($"q{entry.query} 0 d{entry.document} {entry.Item3}")));
            Assert.HasCount(relevant.Length, Relevance.ReadJudgements(path));
            File.WriteAllLines(path, ["a b 1", "a b"]);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Relevance.ReadJudgements(path)).Message, "line 2 has 2 fields");
            File.WriteAllLines(path, ["a b 1", "a c x"]);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Relevance.ReadJudgements(path)).Message, "line 2: the grade 'x'");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    [DataRow(OwnDocuments.LeaveOutSameRow, false)]
    [DataRow(OwnDocuments.LeaveOutSameRow, true)]
    [DataRow(OwnDocuments.LeaveOutSameId, true)]
    public void EvaluateRetrieval_AmongThemselves_EqualsGalleriesWithoutTheQuery(OwnDocuments own, bool isJudged)
    {
        // Six of each kind; the last two rows are copies of others, so that scores tie. Where judged, each row has an id of its own.
        var context = new MLContext();
        var rows = Create(60, 5, row => isJudged ? $"d{row}" : $"{row / 6}");
        (rows[58].Embedding, rows[59].Embedding) = (rows[3].Embedding, rows[3].Embedding);
        var judgements = from a in Enumerable.Range(0, 60) from b in Enumerable.Range(0, 60) where a / 6 == b / 6 select new RelevanceJudgement($"d{a}", $"d{b}", 1 + (b % 3));
        var relevance = isJudged ? Relevance.ByJudgements("Id", "Id", judgements) : Relevance.ById("Id", "Id");
        var options = new RetrievalEvaluationOptions { OwnDocuments = own };

        var both = context.ModalityGap().EvaluateRetrievalBothWays(View(context, rows), "Embedding", View(context, rows), "Embedding", relevance, options);
        var one = context.ModalityGap().EvaluateRetrieval(View(context, rows), "Embedding", View(context, rows), "Embedding", relevance, options);

        var unit = Unit(rows);
        var (ndcg, recall, map) = (0.0, 0.0, 0.0);
        for (var query = 0; query < 60; query++)
        {
            int[] others = [.. Enumerable.Range(0, 60).Where(row => row != query)];
            var naive = new NaiveRetrieval(
                unit.AsSpan(query * Dimension, Dimension).ToArray(), [.. others.SelectMany(row => unit.AsSpan(row * Dimension, Dimension).ToArray())], Dimension,
                others.Select((row, place) => (0, place, row / 6 != query / 6 ? 0f : isJudged ? 1 + (row % 3) : 1f)));
            ndcg += naive.Ndcg(0, 10, grade => grade) / 60;
            recall += naive.TextbookRecall(0, 5) / 60;
            map += naive.AveragePrecision(0) / 60;
        }

        foreach (var metrics in isJudged ? [one, both.FirstToSecond] : new[] { one, both.FirstToSecond, both.SecondToFirst })
        {
            Assert.AreEqual(300, metrics.RelevantCount);
            Assert.AreEqual(ndcg, metrics.NdcgAt(10), 1e-12);
            Assert.AreEqual(recall, metrics.TextbookRecallAt(5), 1e-12);
            Assert.AreEqual(map, metrics.MeanAveragePrecision, 1e-12);
        }
    }

    [TestMethod]
    public void EvaluateRetrieval_OwnDocumentsThatAreAllThereIs_SaysWhatToDo()
    {
        var context = new MLContext();
        var rows = View(context, Create(6, 1, row => $"{row}"));
        string Refuse<TException>(Relevance relevance, OwnDocuments own)
            where TException : Exception => Assert.ThrowsExactly<TException>(
                () => context.ModalityGap().EvaluateRetrieval(rows, "Embedding", rows, "Embedding", relevance, new() { OwnDocuments = own })).Message;
        Assert.Contains("nothing would be left to find: by row", Refuse<InvalidOperationException>(Relevance.ByRow, OwnDocuments.LeaveOutSameRow));
        Assert.Contains(nameof(OwnDocuments.LeaveOutSameRow), Refuse<InvalidOperationException>(Relevance.ById("Id", "Id"), OwnDocuments.LeaveOutSameId));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { OwnDocuments = (OwnDocuments)7 });
        Assert.ThrowsExactly<NotSupportedException>(() => context.ModalityGap().EvaluateMixedRetrieval(
            rows, "Embedding", [new MixedGalleryPart("m", rows, "Embedding") { IdColumnName = "Id" }], Relevance.ById("Id", "Id"), new() { OwnDocuments = OwnDocuments.LeaveOutSameRow }));
    }

    [TestMethod]
    public void ByJudgements_BadGrades_SayWhich()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Relevance.ByJudgements("Id", "Id", [new("a", "b"), new("a", "b", 2)])).Message, "'a' and document 'b' are judged twice");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Relevance.ByJudgements("Id", "Id", [new("a", "b", -1)])).Message, "is -1");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Relevance.ByJudgements("Id", "Id", [new("a", "b", float.NaN)])).Message, "is NaN");
    }

    [TestMethod]
    public void EvaluateRetrieval_Float16File_EqualsTheRoundedValues()
    {
        var context = new MLContext();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "half.npy");
        var data = TestEmbeddings.CreateDataView(context, 60, 9);
        context.ModalityGap().SaveAsNpy(data, path, ["Image", "Text"], NpyElementType.Float16);
        var half = context.ModalityGap().LoadFromNpy(path);
        var actual = context.ModalityGap().EvaluateRetrieval(half, "Image", half, "Text", Relevance.ByRow);
        float[] Round(int seed) => Normalize([.. TestEmbeddings.Create(60, 9, seed).Select(value => (float)(Half)value)], 9);
        var naive = new NaiveRetrieval(Round(1), Round(101), 9, Enumerable.Range(0, 60).Select(row => (row, row, 1f)));
        for (var row = 0; row < 60; row++)
            Assert.AreEqual(naive.Ranks(row)[0], actual.FirstRelevantRanks[row], $"row {row}");
    }

    [TestMethod]
    public void EvaluateRetrieval_DotProduct_RanksLongRowsFirst()
    {
        var context = new MLContext();
        var queries = View(context, [new Row { Embedding = [1, 0] }, new Row { Embedding = [1, 0.5f] }]);
        var gallery = View(context, [new Row { Embedding = [1, 0] }, new Row { Embedding = [9, 9] }]);
        var dot = context.ModalityGap().EvaluateRetrieval(queries, "Embedding", gallery, "Embedding", Relevance.ByRow, new() { Normalize = false });
        var cosine = context.ModalityGap().EvaluateRetrieval(queries, "Embedding", gallery, "Embedding", Relevance.ByRow);
        CollectionAssert.AreEqual(new[] { 2, 1 }, dot.FirstRelevantRanks.ToArray());
        CollectionAssert.AreEqual(new[] { 1, 1 }, cosine.FirstRelevantRanks.ToArray());
        StringAssert.Contains(dot.ToString(), "dot product");
    }

    [TestMethod]
    public void EvaluateRetrieval_UnusableRows_ThrowsOrSkips()
    {
        var context = new MLContext();
        var (queries, documents) = (Create(20, 5, row => $"{row}"), Create(20, 6, row => $"{row}"));
        documents[7].Embedding[2] = float.NaN;
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().EvaluateRetrieval(View(context, queries), "Embedding", View(context, documents), "Embedding", Relevance.ByRow)).Message,
            "row 7 cannot be used: it holds a NaN at dimension 2");
        var metrics = context.ModalityGap().EvaluateRetrieval(
            View(context, queries), "Embedding", View(context, documents), "Embedding", Relevance.ByRow, new() { UnusableRows = UnusableRows.Skip });
        Assert.AreEqual(19, metrics.DocumentCount);
        Assert.AreEqual(1, metrics.SkippedDocumentCount);
        Assert.AreEqual(0, metrics.FirstRelevantRanks[7]);

        documents.RemoveAt(7);
        var naive = new NaiveRetrieval(Unit(queries), Unit(documents), Dimension, Enumerable.Range(0, 20).Where(row => row != 7).Select(row => (row, row < 7 ? row : row - 1, 1f)));
        for (var row = 0; row < 20; row++)
            Assert.AreEqual(row == 7 ? 0 : naive.Ranks(row)[0], metrics.FirstRelevantRanks[row], $"row {row}");
    }

    [TestMethod]
    public void EvaluateRetrieval_BadInput_SaysWhatIsWrong()
    {
        var context = new MLContext();
        var catalog = context.ModalityGap();
        var (three, four) = (View(context, Create(3, 1, row => $"{row}")), View(context, Create(4, 2, row => $"x{row}")));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateRetrieval(three, "Embedding", four, "Embedding", Relevance.ByRow)).Message, "there are 3 and 4");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateRetrieval(three, "Embedding", four, "Embedding", Relevance.ById("Id", "Id"))).Message, "Check the ids");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.EvaluateRetrieval(three, "Embedding", four, "Embedding", Relevance.ById("Id", "Nope"))).Message, "'Nope'");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.EvaluateRetrieval(three, "Embedding", four, "Embedding", Relevance.ById("Embedding", "Id"))).Message, "text, a key or a number");
        var other = View(context, [new Row { Embedding = [1, 2] }]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateRetrieval(other, "Embedding", four, "Embedding", Relevance.ById("Id", "Id"))).Message, "has 2 dimensions and 'Embedding' 6");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateRetrieval(context.Data.SkipRows(three, 3), "Embedding", four, "Embedding", Relevance.ByRow)).Message, "no usable row");
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_PartsOrOneColumn_AreTheSame()
    {
        var context = new MLContext();
        var (texts, images) = (Create(30, 11, row => $"t{row}"), Create(50, 12, row => $"i{row}"));
        var queries = Create(12, 13, row => row % 2 == 0 ? $"t{row}" : $"i{row}");
        texts.ForEach(row => row.Modality = "text");
        images.ForEach(row => row.Modality = "image");
        var whole = context.ModalityGap().EvaluateMixedRetrieval(
            View(context, queries), "Embedding", View(context, [.. texts, .. images]), "Embedding", "Modality", Relevance.ById("Id", "Id"), new() { Cutoff = 5 });
        var parts = context.ModalityGap().EvaluateMixedRetrieval(
            View(context, queries),
            "Embedding",
            [new MixedGalleryPart("text", View(context, texts), "Embedding", "Id"), new MixedGalleryPart("image", View(context, images), "Embedding", "Id")],
            Relevance.ById("Id", "ignored"),
            new() { Cutoff = 5 });
        Assert.AreEqual(whole.ToString().Replace("Embedding->Embedding", "", StringComparison.Ordinal), parts.ToString().Replace("Embedding->text+image", "", StringComparison.Ordinal));

        var relevant = Enumerable.Range(0, 12).Select(query => (query, query % 2 == 0 ? query : 30 + query, 1f));
        var naive = new NaiveRetrieval(Unit(queries), Unit([.. texts, .. images]), Dimension, relevant);
        Assert.AreEqual(Enumerable.Range(0, 12).Average(query => naive.Ndcg(query, 5, grade => grade)), whole.Ndcg, 1e-12);
        Assert.AreEqual(5, whole.Cutoff);
        Assert.AreEqual(6, whole["image"].RelevantCount);
        StringAssert.Contains(whole.ToString(), "of first 5");
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_PartsByRow_CountThroughAllParts()
    {
        // Queries 0 to 2 look for the first part's rows, queries 3 and 4 for the second's, and each is a copy of it.
        var context = new MLContext();
        var (first, second) = (Create(3, 1, row => ""), Create(2, 2, row => ""));
        MixedGalleryPart[] gallery = [new("a", View(context, first), "Embedding"), new("b", View(context, second), "Embedding")];
        var metrics = context.ModalityGap().EvaluateMixedRetrieval(View(context, [.. first, .. second]), "Embedding", gallery, Relevance.ByRow);
        Assert.AreEqual(1, metrics.Retrieval.RecallAt(1));
        Assert.AreEqual(1, metrics.Ndcg, 1e-12);

        // Without an id column, a document's id is the number of its row in its part.
        var byId = context.ModalityGap().EvaluateMixedRetrieval(View(context, Create(1, 1, row => "1")), "Embedding", gallery, Relevance.ById("Id", "unused"));
        Assert.AreEqual(2, byId.Retrieval.RelevantCount);
        Assert.ThrowsExactly<ArgumentException>(() => context.ModalityGap().EvaluateMixedRetrieval(View(context, first), "Embedding", [], Relevance.ByRow));
        Assert.ThrowsExactly<ArgumentException>(() => context.ModalityGap().EvaluateMixedRetrieval(View(context, first), "Embedding", [new("", View(context, first), "Embedding")], Relevance.ByRow));
    }

    [TestMethod]
    public void EvaluateRetrieval_IdsAtHand_EqualIdsInColumns()
    {
        var context = new MLContext();
        var (queries, documents) = (Create(20, 5, row => $"{row % 7}"), Create(30, 6, row => $"{row % 7}"));
        documents[4].Embedding[0] = float.NaN; // ids count all rows, those left out included
        var options = new RetrievalEvaluationOptions { UnusableRows = UnusableRows.Skip };
        string Evaluate(Relevance relevance) =>
            context.ModalityGap().EvaluateRetrieval(View(context, queries), "Embedding", View(context, documents), "Embedding", relevance, options).ToString();
        Assert.AreEqual(Evaluate(Relevance.ById("Id", "Id")), Evaluate(Relevance.ById([.. queries.Select(row => row.Id)], [.. documents.Select(row => row.Id)])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(Relevance.ById(["1", "2"], [.. documents.Select(row => row.Id)]))).Message, "2 ids are given, but 'Embedding' has 20 rows");
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_PairsAlone_SearchesEachMemberByTheOther()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, 61, 7);
        var metrics = context.ModalityGap().EvaluateMixedRetrieval(data, "Image", "Text", new() { Seed = 5, Cutoff = 4 });
        var (images, texts) = (Normalize(TestEmbeddings.Create(61, 7, 1), 7), Normalize(TestEmbeddings.Create(61, 7, 101), 7));
        var order = Enumerable.Range(0, 61).ToArray();
        new Random(5).Shuffle(order);
        var imageRows = order[..30].ToHashSet();
        float[] Pick(bool documents) => [.. Enumerable.Range(0, 61).SelectMany(row => (imageRows.Contains(row) == documents ? images : texts).AsSpan(row * 7, 7).ToArray())];
        var naive = new NaiveRetrieval(Pick(documents: false), Pick(documents: true), 7, Enumerable.Range(0, 61).Select(row => (row, row, 1f)));
        Assert.AreEqual(Enumerable.Range(0, 61).Average(query => naive.Ndcg(query, 4, grade => grade)), metrics.Ndcg, 1e-12);
        Assert.AreEqual(30, metrics["Image"].DocumentCount);
        Assert.AreEqual(31, metrics["Text"].RelevantCount);
        Assert.ThrowsExactly<ArgumentException>(() => context.ModalityGap().EvaluateMixedRetrieval(data, "Image", "Image"));
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_ClipBeforeAndAfterClosingTheGap_FindsMore()
    {
        // Fitted on one half, measured on the other: across the open gap every document of the query's own modality comes first.
        var context = new MLContext();
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var (fit, heldOut) = (context.Data.TakeRows(data, 250), context.Data.SkipRows(data, 250));
        var before = context.ModalityGap().EvaluateMixedRetrieval(heldOut, "Image", "Text");
        var after = context.ModalityGap().EvaluateMixedRetrieval(context.Transforms.CenterModalities("Image", "Text").Fit(fit).Transform(heldOut), "Image", "Text");
        Assert.IsLessThan(0.05, before.Ndcg);
        Assert.IsGreaterThan(0.3, after.Ndcg);
        Assert.IsLessThan(-0.9, before["Image"].RankBias!.Value);
        Assert.IsGreaterThan(-0.2, after["Image"].RankBias!.Value);
    }

    private static List<Row> Create(int rows, int seed, Func<int, string> id)
    {
        var values = TestEmbeddings.Create(rows, Dimension, seed, offset: 0.1);
        return [.. Enumerable.Range(0, rows).Select(row => new Row { Embedding = values.AsSpan(row * Dimension, Dimension).ToArray(), Id = id(row), Modality = "m" })];
    }

    /// <summary>Also as key, number and float where the ids are numbers.</summary>
    private static IDataView View(MLContext context, IReadOnlyList<Row> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows.Count > 0 ? rows[0].Embedding.Length : Dimension);
        foreach (var row in rows)
            (row.Number, row.Float) = int.TryParse(row.Id, out var number) ? (number, number) : (-1, float.NaN);
        var data = context.Data.LoadFromEnumerable(rows, definition);
        return context.Transforms.Conversion.MapValueToKey("Key", "Id").Fit(data).Transform(data);
    }

    private static float[] Unit(IReadOnlyList<Row> rows) => Normalize([.. rows.SelectMany(row => row.Embedding)], Dimension);

    private static float[] Normalize(float[] values, int dimension)
    {
        for (var row = 0; row < values.Length; row += dimension)
            RowKernels.Normalize(values.AsSpan(row, dimension), values.AsSpan(row, dimension));
        return values;
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];

        public string Id { get; set; } = "";

        public string Modality { get; set; } = "";

        public int Number { get; set; }

        public float Float { get; set; }
    }
}
