using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tests.Benchmarking;

/// <summary>Every number of every task against a computation of its own, over random rows. Tolerance 1e-6 unless said: rows are float, sums double.</summary>
[TestClass]
public sealed class BenchmarkTasksTests
{
    private const int Dimension = 12;
    private const int Classes = 7;

    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EveryTask_IsMeasuredHere() => CollectionAssert.AreEquivalent(
        new[] { "gap", "retrieval-first-caption", "retrieval", "mixed", "zero-shot", "linear-probe", "clustering", "caption-ratings", "caption-preferences", "fitting-rows" },
        BenchmarkTasks.All.Select(task => task.Name).ToArray());

    [TestMethod]
    [DataRow("retrieval-first-caption", "raw")]
    [DataRow("retrieval", "raw")]
    [DataRow("retrieval-first-caption", "center")]
    [DataRow("retrieval", "center + inverted-softmax 10 + standardize")]
    public void Retrieval_IsWhatRanksSay(string task, string method)
    {
        var input = Create(method);
        var captions = input.Data.GetCaptions(input.Part).ToList();
        if (task == "retrieval-first-caption")
            captions = [.. captions.Where((caption, i) => captions.FindIndex(other => other.Image == caption.Image) == i)];
        var measures = Measure(task, input);
        var images = captions.Select(caption => caption.Image).Distinct().ToList();
        foreach (var k in new[] { 1, 5, 10 })
        {
            // With a correction queries and rows swap their parts: each direction by its own scores.
            var toImage = captions.Average(query => images.Count(image => Better(Score(input, query.Text, image, textAsks: true), Score(input, query.Text, query.Image, textAsks: true))) < k ? 1.0 : 0);
            var toText = images.Average(image =>
            {
                var best = captions.Where(caption => caption.Image == image).Max(caption => Score(input, caption.Text, image, textAsks: false));
                return captions.Count(other => other.Image != image && Better(Score(input, other.Text, image, textAsks: false), best)) < k ? 1.0 : 0;
            });
            Assert.AreEqual(toImage, measures[$"text to image R@{k}"], 1e-6);
            Assert.AreEqual(toText, measures[$"image to text R@{k}"], 1e-6);
        }
    }

    [TestMethod]
    public void Gap_IsTheDistanceOfTheMeans()
    {
        foreach (var method in new[] { "raw", "center" })
        {
            var input = Create(method);
            var first = input.GetCaptions(takesAll: false);
            var distance = Math.Sqrt(Enumerable.Range(0, Dimension).Sum(d => Math.Pow(
                first.Average(pair => Unit(input.Images[pair.Image].Span)[d]) - first.Average(pair => Unit(input.Texts[pair.Text].Span)[d]), 2)));
            var measures = Measure("gap", input);
            Assert.AreEqual(distance, measures["centroid distance"], 1e-5);
            Assert.AreEqual(first.Average(pair => Dot(Unit(input.Images[pair.Image].Span), Unit(input.Texts[pair.Text].Span))), measures["mean cosine of pairs"], 1e-5);
            Assert.AreEqual(distance < 0.19 ? 0 : distance < 0.63 ? 1 : 2, measures["severity (0 low, 1 moderate, 2 severe)"]);

            // RMG: how far partners are, beside how far any two rows of a modality are.
            var (x, y) = (first.Select(pair => Unit(input.Images[pair.Image].Span)).ToList(), first.Select(pair => Unit(input.Texts[pair.Text].Span)).ToList());
            static double Half(float[] a, float[] b) => (1 - Dot(a, b)) / 2;
            static double Within(List<float[]> rows) => rows.SelectMany((a, i) => rows.Where((_, j) => j != i).Select(b => Half(a, b))).Average();
            var partners = x.Zip(y, Half).Average();
            Assert.AreEqual(partners / (partners + (Within(x) + Within(y)) / 2), measures["relative modality gap"], 1e-6);

            // LS: of the same seven tenths (the draw is the library's) a regression solved by elimination, and what it makes of the rest.
            var order = LinearSeparability.Draw(x.Count, int.MaxValue, input.Seed).ToArray();
            var known = (int)Math.Round(0.7 * order.Length);
            var weights = NaiveModels.Regress([.. order[..known].Select(i => (x[i], 0.0)), .. order[..known].Select(i => (y[i], 1.0))]);
            var error = order[known..].Average(i => (Math.Pow(Answer(x[i]), 2) + Math.Pow(Answer(y[i]) - 1, 2)) / 2);
            Assert.AreEqual(1 - error, measures["linear separability (1 - MSE)"], 1e-4);
            double Answer(float[] row) => weights[Dimension] + row.Select((value, d) => value * weights[d]).Sum();
        }
    }

    /// <summary>The plane of ML.NET's trainer (log loss summed, both norms weighted by 1, the intercept free) found by steps of another kind, and the rows on its right side counted.</summary>
    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.5f)]
    [DataRow(1f)]
    [DataRow(5f)]
    public void Gap_AsAccuracy_CountsWhatThePlaneParts(float gap)
    {
        var input = Create("raw", gap: gap);
        var pairs = input.GetCaptions(takesAll: false).Select(pair => (Image: Scaled(input.Images[pair.Image].Span), Text: Scaled(input.Texts[pair.Text].Span))).ToList();
        var order = LinearSeparability.Draw(pairs.Count, int.MaxValue, input.Seed).ToArray();
        var known = order.Length / 2;
        var weights = NaiveModels.Part([.. order[..known].SelectMany(i => new[] { (pairs[i].Image, -1.0), (pairs[i].Text, 1.0) })]);
        var right = order[known..].Sum(i => (Side(pairs[i].Image) < 0 ? 1 : 0) + (Side(pairs[i].Text) > 0 ? 1 : 0));
        Assert.AreEqual(right / (2.0 * (order.Length - known)), Measure("gap", input)["linear separability (accuracy)"], 1e-9);

        static float[] Scaled(ReadOnlySpan<float> row) => [.. Unit(row).Select(value => value * MathF.Sqrt(Dimension))];
        double Side(float[] row) => weights[Dimension] + row.Select((value, d) => value * weights[d]).Sum();
    }

    [TestMethod]
    public void ZeroShot_CountsNearestClasses()
    {
        var input = Create("center", spread: 1.5f);
        var images = input.Data.GetImages(input.Part);
        var right = images.Select(image => (input.Data.Images[image].Class, IsRight: Nearest(image) == input.Data.Images[image].Class, InFive: Rank(image) <= 5)).ToList();
        var measures = Measure("zero-shot", input);
        Assert.AreEqual(right.Average(entry => entry.IsRight ? 1.0 : 0), measures["accuracy"], 1e-6);
        Assert.AreEqual(right.GroupBy(entry => entry.Class).Average(group => group.Average(entry => entry.IsRight ? 1.0 : 0)), measures["balanced accuracy"], 1e-6);
        Assert.AreEqual(right.Average(entry => entry.InFive ? 1.0 : 0), measures["top-5 accuracy"], 1e-6);
        Assert.AreNotEqual(measures["accuracy"], measures["balanced accuracy"], "Classes of different sizes tell the two apart.");

        double Of(int image, int place) => Dot(Unit(input.Images[image].Span), Unit(input.Classes![place].Span));
        int Nearest(int image) => Enumerable.Range(0, Classes).MaxBy(place => Of(image, place));
        int Rank(int image) => 1 + Enumerable.Range(0, Classes).Count(place => Of(image, place) > Of(image, input.Data.Images[image].Class));
    }

    [TestMethod]
    public void CaptionRatings_CountPairsAsKendallDoes()
    {
        var input = Create("center");
        var measures = Measure("caption-ratings", input);
        var each = input.Data.Ratings.SelectMany(rating => rating.Marks.Select(mark => (Cosine(input, rating.Text, rating.Image), (double)mark))).ToList();
        var means = input.Data.Ratings.Select(rating => (Cosine(input, rating.Text, rating.Image), rating.Marks.Average(mark => (double)mark))).ToList();
        foreach (var (pairs, name) in new[] { (each, "each mark"), (means, "mean mark") })
        {
            var (b, c) = NaiveModels.Kendall(pairs);
            Assert.AreEqual(b, measures[$"Kendall tau-b, {name}"], 1e-6);
            Assert.AreEqual(c, measures[$"Kendall tau-c, {name}"], 1e-6);
        }
    }

    [TestMethod]
    public void CaptionPreferences_CountThePreferred()
    {
        var input = Create("raw");
        var measures = Measure("caption-preferences", input);
        var right = input.Data.Preferences
            .Select(preference => (preference.Category, IsRight: Cosine(input, preference.First, preference.Image) > Cosine(input, preference.Second, preference.Image) == preference.Preference > 0)).ToList();
        Assert.AreEqual(right.Average(entry => entry.IsRight ? 1.0 : 0), measures["accuracy"], 1e-6);
        foreach (var group in right.GroupBy(entry => entry.Category))
            Assert.AreEqual(group.Average(entry => entry.IsRight ? 1.0 : 0), measures[$"accuracy, {group.Key}"], 1e-6);
    }

    [TestMethod]
    public void Mixed_WithAGalleryOfItsOwn_RanksAllDocumentsTogether()
    {
        var input = Create("raw", withSearch: true);
        var search = input.Data.Search!;
        var measures = Measure("mixed", input);
        float[] Embed(DataDocument document)
        {
            var sum = new float[Dimension];
            foreach (var side in new[] { document.Image is { } image ? Unit(input.Images[image].Span) : null, document.Text is { } text ? Unit(input.Texts[text].Span) : null }.OfType<float[]>())
            {
                for (var d = 0; d < Dimension; d++)
                    sum[d] += side[d];
            }

            return Unit(sum);
        }

        var relevant = search.Judgements.ToDictionary(judgement => judgement.QueryId, judgement => judgement.DocumentId);
        var ranks = search.Queries.Select(query =>
        {
            var asked = Embed(query);
            var scores = search.Documents.ToDictionary(document => document.Id, document => Dot(asked, Embed(document)));
            return (Rank: 1 + scores.Values.Count(score => score > scores[relevant[query.Id]]), First: search.Documents.OrderByDescending(document => scores[document.Id]).Take(10).Select(document => document.Kind).ToList());
        }).ToList();
        Assert.AreEqual(ranks.Average(entry => entry.Rank <= 10 ? 1 / Math.Log2(entry.Rank + 1) : 0), measures["text queries NDCG@10"], 1e-6);
        Assert.AreEqual(ranks.Average(entry => entry.Rank == 1 ? 1.0 : 0), measures["text queries R@1"], 1e-6);
        foreach (var kind in new[] { "Image", "Text", "Fused" })
            Assert.AreEqual(ranks.Average(entry => entry.First.Count(found => found == kind) / 10.0), measures[$"text queries {kind.ToLowerInvariant()} share of first ten"], 1e-6);
    }

    [TestMethod]
    public void Mixed_OfCaptions_IsTwoSidedWhereThereAreSeveral()
    {
        foreach (var method in new[] { "raw", "center", "center + inverted-softmax 10 + standardize" })
        {
            var input = Create(method);
            var captions = input.GetCaptions(takesAll: true);
            var images = captions.Select(caption => caption.Image).Distinct().ToList();
            int[][] said = [.. images.Select(image => captions.Select(caption => caption.Image).Index().Where(entry => entry.Item == image).Select(entry => entry.Index).ToArray())];

            // The gallery is drawn by the library; what is shown in it, asked of it and found in it is looked up here.
            var draw = TwoSidedDraw.Create(said, [.. images.Select((_, place) => new[] { place })], input.Seed);
            Assert.AreEqual(images.Count / 2, draw.IsShownAsOther.Count(isImage => isImage));
            var lists = images.Select((_, asked) =>
            {
                var scores = images.Select((image, shown) => Score(captions[draw.Queries[asked]].Text, draw.IsShownAsOther[shown] ? ("Image", images[draw.Shown[shown]]) : ("Text", captions[draw.Shown[shown]].Text))).ToList();
                return (Rank: 1 + scores.Count(score => Better(score, scores[asked])), Images: scores.Index().OrderByDescending(entry => entry.Item).Take(10).Count(entry => draw.IsShownAsOther[entry.Index]) / 10.0);
            }).ToList();
            var measures = Measure("mixed", input);
            Assert.AreEqual(lists.Average(entry => entry.Rank <= 10 ? 1 / Math.Log2(entry.Rank + 1) : 0), measures["two-sided NDCG@10"], 1e-6, method);
            Assert.AreEqual(lists.Average(entry => entry.Rank == 1 ? 1.0 : 0), measures["two-sided R@1"], 1e-6, method);
            Assert.AreEqual(lists.Average(entry => entry.Images), measures["two-sided image share of first ten"], 1e-6, method);

            double Score(int query, (string Modality, int Row) shown)
            {
                var (asks, row) = (Unit(input.Texts[query].Span), Unit((shown.Modality == "Image" ? input.Images : input.Texts)[shown.Row].Span));
                return input.Correction is { } correction ? correction.Score("Text", asks, shown.Modality, row) : Dot(asks, row);
            }
        }

        // With one caption an image what is asked for is of the other modality, and the gap puts one's own before it.
        var (raw, closed) = (Measure("mixed", Create("raw", captions: 1, gap: 3)), Measure("mixed", Create("center", captions: 1, gap: 3)));
        Assert.IsLessThan(closed["one caption NDCG@10"] / 2, raw["one caption NDCG@10"]);
        Assert.AreEqual(1, closed["one caption image share of first ten"] + closed["one caption text share of first ten"], 1e-9);

        // Of each pair one is shown and the other asks; which, the seed's shuffle says.
        var one = Create("center", captions: 1, gap: 3);
        var pairs = one.GetCaptions(takesAll: true).Select(pair => (Image: Unit(one.Images[pair.Image].Span), Text: Unit(one.Texts[pair.Text].Span))).ToList();
        var order = Enumerable.Range(0, pairs.Count).ToArray();
        new Random(one.Seed).Shuffle(order);
        var isImage = order[..(pairs.Count / 2)].ToHashSet();
        var ndcg = Enumerable.Range(0, pairs.Count).Average(asked =>
        {
            var query = isImage.Contains(asked) ? pairs[asked].Text : pairs[asked].Image;
            var scores = pairs.Select((pair, shown) => Dot(query, isImage.Contains(shown) ? pair.Image : pair.Text)).ToList();
            var rank = 1 + scores.Count(score => Better(score, scores[asked]));
            return rank <= 10 ? 1 / Math.Log2(rank + 1) : 0;
        });
        Assert.AreEqual(ndcg, closed["one caption NDCG@10"], 1e-6);
    }

    /// <summary>Each strength's optimum by Newton's method, the best on every fifth image, and that one on all of them: what is chosen, and how often it is right.</summary>
    [TestMethod]
    [DataRow(0.7f)]
    [DataRow(1f)]
    [DataRow(1.5f)]
    public void LinearProbe_IsTheOptimumOfTheBestStrength(float spread)
    {
        var input = Create("raw", spread: spread);
        var training = Rows(DataParts.Training);
        var tested = Rows(DataParts.Test);
        var (known, validation) = (training.Where((_, i) => i % 5 != 4).ToList(), training.Where((_, i) => i % 5 == 4).ToList());
        var strengths = new[] { 1e-6f, 1e-4f, 1e-2f, 1e-1f, 1, 10 };
        var best = strengths.MaxBy(strength => Right(NaiveModels.Classify(known, Classes, strength), validation));
        var last = NaiveModels.Classify([.. known, .. validation], Classes, best);
        var measures = Measure("linear-probe", input);
        Assert.AreEqual(best, measures["L2 chosen"], 1e-9);
        Assert.AreEqual(Right(last, tested), measures["accuracy"], 1e-6);
        Assert.AreEqual(tested.GroupBy(entry => entry.Class).Average(group => Right(last, [.. group])), measures["balanced accuracy"], 1e-6);

        List<(float[] Row, int Class)> Rows(string part) => [.. input.Data.GetImages(part).Select(image => (Unit(input.Images[image].Span), input.Data.Images[image].Class))];
        static double Right(double[] weights, List<(float[] Row, int Class)> rows) =>
            rows.Average(entry => Enumerable.Range(0, Classes).MaxBy(c => NaiveModels.Logit(weights, c, entry.Row)) == entry.Class ? 1.0 : 0);
    }

    /// <summary>Groups that lie so far apart that there is one way only to part them, and labels that agree with them in part: the measures by counting.</summary>
    [TestMethod]
    public void Clustering_CountsHowGroupsAndLabelsAgree()
    {
        foreach (var mislabelled in new[] { 0, 30, 80 })
        {
            var input = Create("raw", spread: 0.001f, mislabelled: mislabelled);
            var images = input.Data.GetImages(input.Part);

            // Rows of a group are all but equal: the first of them names it.
            var rows = images.Select(image => Unit(input.Images[image].Span)).ToList();
            var pairs = images.Select((image, i) => (Group: rows.FindIndex(row => Dot(row, rows[i]) > 0.999), Label: input.Data.Images[image].Class)).ToList();
            double n = pairs.Count;
            double Entropy<T>(Func<(int Group, int Label), T> key) => -pairs.GroupBy(key).Sum(part => part.Count() / n * Math.Log(part.Count() / n));
            var (groups, labels, both) = (Entropy(pair => pair.Group), Entropy(pair => pair.Label), Entropy(pair => pair));
            var (homogeneity, completeness) = (1 - (both - groups) / labels, 1 - (both - labels) / groups);

            // Of all pairs of images those that both put together, beside what chance would.
            double together = 0, grouped = 0, labelled = 0;
            for (var i = 0; i < pairs.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var (isGroup, isLabel) = (pairs[i].Group == pairs[j].Group, pairs[i].Label == pairs[j].Label);
                    together += isGroup && isLabel ? 1 : 0;
                    grouped += isGroup ? 1 : 0;
                    labelled += isLabel ? 1 : 0;
                }
            }

            var chance = grouped * labelled / (n * (n - 1) / 2);
            var measures = Measure("clustering", input);
            Assert.AreEqual(2 * homogeneity * completeness / (homogeneity + completeness), measures["V-measure"], 1e-6);
            Assert.AreEqual((groups + labels - both) / ((groups + labels) / 2), measures["normalised mutual information"], 1e-6);
            Assert.AreEqual((together - chance) / ((grouped + labelled) / 2 - chance), measures["adjusted Rand index"], 1e-6);
            Assert.AreEqual(mislabelled == 0, measures["V-measure"] > 1 - 1e-9);
        }
    }

    [TestMethod]
    public void FittingRows_OfAllPairs_IsTheGapItself()
    {
        var input = Create("center", isFittedOnMeasured: true);
        var measures = Measure("fitting-rows", input);
        var count = input.GetCaptions(takesAll: false).Count;
        var last = measures[string.Create(CultureInfo.InvariantCulture, $"centroid distance, {count} pairs")];

        // The same method on the same first captions.
        var pairs = input.GetRawPairs();
        var first = pairs.ImageItems.Select(item => pairs.TextItems.ToList().IndexOf(item)).ToList();
        var (x, y) = (Center(pairs.Images), Center(pairs.Texts.Take(first)));
        var distance = Math.Sqrt(Enumerable.Range(0, Dimension).Sum(d => Math.Pow(x.Average(row => row[d]) - y.Average(row => row[d]), 2)));
        Assert.AreEqual(distance, last, 1e-5);
        Assert.IsEmpty(Measure("fitting-rows", Create("raw")));

        static List<float[]> Center(Embeddings rows)
        {
            var units = Enumerable.Range(0, rows.Count).Select(row => Unit(rows[row].Span)).ToList();
            var mean = Enumerable.Range(0, Dimension).Select(d => (float)units.Average(unit => (double)unit[d])).ToArray();
            return [.. units.Select(unit => Unit(unit.Zip(mean, (value, middle) => value - middle).ToArray()))];
        }
    }

    private static Dictionary<string, double> Measure(string task, TaskInput input) =>
        BenchmarkTasks.All.Single(entry => entry.Name == task).Measure(input).ToDictionary(measure => measure.Name, measure => measure.Value, StringComparer.Ordinal);

    /// <summary>Random classes, images around them, and captions around the images, the texts all shifted aside.</summary>
    private static TaskInput Create(string method, int captions = 3, float gap = 1, float spread = 0.5f, int mislabelled = 0, bool withSearch = false, bool isFittedOnMeasured = false)
    {
        const int Images = 120;
        var random = new Random(3);
        float Gauss() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        float[] Near(float[]? centre, float width) => [.. Enumerable.Range(0, Dimension).Select(d => (centre?[d] ?? 0) + width * Gauss())];
        float[] Aside(float[] row) => [row[0] + gap, .. row[1..]];

        var centres = Enumerable.Range(0, Classes).Select(_ => Near(null, 1)).ToArray();
        int[] labels = [.. Enumerable.Range(0, Images).Select(i => i < 2 * Classes ? i % Classes : Math.Min(random.Next(Classes), random.Next(Classes)))];
        var images = labels.Select(label => Near(centres[label], spread)).ToArray();
        var texts = images.SelectMany(image => Enumerable.Range(0, captions).Select(_ => Aside(Near(image, 0.4f)))).ToArray();
        for (var i = 0; i < mislabelled; i++)
            labels[i] = random.Next(Classes);
        var content = ImageContent.OfFile("none");
        var data = new BenchmarkData
        {
            Name = "random",
            Format = "random",
            Images = [.. labels.Select((label, i) => new DataImage($"i{i}", i % 2 == 0 ? DataParts.Test : DataParts.Training, content, label))],
            Texts = [.. Enumerable.Range(0, texts.Length).Select(i => $"t{i}")],
            Captions = [.. Enumerable.Range(0, texts.Length).Select(i => new DataCaption(i / captions, i))],
            Classes = new DataClasses([.. Enumerable.Range(0, Classes).Select(i => $"c{i}")]),
            Ratings = [.. Enumerable.Range(0, 60).Select(i => new DataRating(2 * (i % 20), i, [random.Next(1, 5), random.Next(1, 5), random.Next(1, 5)]))],
            Preferences = [.. Enumerable.Range(0, 40).Select(i => new DataPreference(2 * (i % 30), i, i + 50, i % 3 - 1.5f, i % 2 == 0 ? "HC" : "HM"))],
            Search = withSearch
                ? new DataSearch(
                    [.. Enumerable.Range(0, 30).Select(i => new DataDocument($"q{i}", null, 3 * i))],
                    [.. Enumerable.Range(0, 30).Select(i => new DataDocument($"d{i}", i % 3 == 1 ? null : i, i % 3 == 0 ? null : 3 * i + 1))],
                    [.. Enumerable.Range(0, 30).Select(i => new RelevanceJudgement($"q{i}", $"d{i}", 1))])
                : null,
        };
        static Embeddings Join(IEnumerable<float[]> rows) => new([.. rows.SelectMany(row => row)], Dimension);
        var encoded = new EncodedData(data, Join(images), Join(texts), Join(centres.Select(Aside)), "key");
        var part = isFittedOnMeasured ? DataParts.Test : DataParts.Training;
        return new TaskInput(_ml, encoded, BenchmarkMethods.Fit(_ml, method, encoded.GetFitRows(part), seed: 0), isFittedOnMeasured, seed: 0, CancellationToken.None);
    }

    private static bool Better(double score, double other) => score > other + 1e-9;

    private static double Score(TaskInput input, int text, int image, bool textAsks)
    {
        var (x, y) = (Unit(input.Images[image].Span), Unit(input.Texts[text].Span));
        if (input.Correction is null)
            return Dot(x, y);
        return textAsks ? input.Correction.Score("Text", y, "Image", x) : input.Correction.Score("Image", x, "Text", y);
    }

    private static double Cosine(TaskInput input, int text, int image) => Dot(Unit(input.Images[image].Span), Unit(input.Texts[text].Span));

    private static float[] Unit(ReadOnlySpan<float> row)
    {
        var norm = 0.0;
        foreach (var value in row)
            norm += (double)value * value;
        var unit = new float[row.Length];
        for (var i = 0; i < row.Length; i++)
            unit[i] = (float)(row[i] / Math.Sqrt(norm));
        return unit;
    }

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
