using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Tests.Alignment.CenterModalitiesTests;
using static Microsoft.ML.ModalityGap.Tests.NaiveMatrix;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

/// <summary>Optimal transport and primary component matching against what they must recover.</summary>
[TestClass]
public class TransportAndMatchTests
{
    private static readonly ModalityColumns _columns = ModalityColumns.PerColumn("Image", "Text");

    private readonly MLContext _context = new(seed: 1);

    /// <summary>The texts are the images turned by 30° in one plane and 20° in another, moved, and shuffled in a data set of their own: no pair is known. Centring alone leaves them turned.</summary>
    [TestMethod]
    public void Transport_OfShuffledTurnedRows_FindsTheRotation()
    {
        var image = CreateSkewedRows(400, 4);
        var turn = Multiply(Turn(0, 1, 30), Turn(2, 3, 20));
        var text = image.Select(row => Multiply(turn, row).Select((x, d) => x + 0.5 * (d - 1)).ToArray()).ToArray();
        var shuffled = text.ToArray();
        new Random(7).Shuffle(shuffled);
        var options = new TransportModalitiesOptions { NormalizeInput = false, Shrinkage = 0, Regularization = 0.02, Iterations = 20 };
        var model = _context.Transforms.TransportModalities(_columns, options)
            .Fit(new Dictionary<string, IDataView> { ["Image"] = PairedEmbeddings.From(image, text).ToDataView(_context), ["Text"] = PairedEmbeddings.From(shuffled, shuffled).ToDataView(_context) });
        var rotation = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[1]).Matrix, 4);
        Assert.IsLessThan(0.02, Distance(turn, rotation));
        Assert.IsLessThan(1e-5, Distance(Identity(4), Multiply(rotation, Transpose(rotation))));
        Assert.AreEqual("Translate(4), L2Normalize", string.Join(", ", model.Modalities[1].Map.Steps));

        // Paired again, each mapped image lies on its text.
        var output = model.Transform(PairedEmbeddings.From(image, text).ToDataView(_context));
        var cosines = ReadRows(output, "Image").Zip(ReadRows(output, "Text"), (x, y) => x.Zip(y, (a, b) => (double)a * b).Sum()).ToArray();
        Assert.IsGreaterThan(0.999, cosines.Average());
        var centred = _context.Transforms.CenterModalities(_columns, new CenterModalitiesOptions { NormalizeInput = false }).Fit(PairedEmbeddings.From(image, text).ToDataView(_context))
            .Transform(PairedEmbeddings.From(image, text).ToDataView(_context));
        Assert.IsLessThan(0.95, ReadRows(centred, "Image").Zip(ReadRows(centred, "Text"), (x, y) => x.Zip(y, (a, b) => (double)a * b).Sum()).Average());
    }

    [TestMethod]
    public void Transport_Shrunk_StaysNearerToNoRotation()
    {
        var image = CreateSkewedRows(300, 4);
        var turn = Turn(0, 1, 25);
        var data = PairedEmbeddings.From(image, [.. image.Select(row => Multiply(turn, row))]).ToDataView(_context);
        double GetTurn(double shrinkage) => Distance(Identity(4), ToRows(((ProjectStep)_context.Transforms.TransportModalities(_columns, new() { Shrinkage = shrinkage }).Fit(data)
            .Modalities[0].Map.Steps[2]).Matrix, 4));
        Assert.IsGreaterThan(GetTurn(0.9), GetTurn(0.1));
        Assert.IsLessThan(1e-6, GetTurn(1));
    }

    /// <summary>The reference varies along dimensions 2 (most), 0 and 1, so its two leading components are those of 2 and 0, exactly.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Match_OfAKnownReference_KeepsItsLeadingComponents(bool takeMean)
    {
        double[][] reference = [[1, 5, 3, 7], [-1, 5, 3, 7], [0, 5.5, 3, 7], [0, 4.5, 3, 7], [0, 5, 6, 7], [0, 5, 0, 7]];
        double[][] own = [[1, 2, 3, 4], [4, 3, 2, 1], [0, 2, 0, 2], [1, 1, 1, 1], [2, 0, 1, 0], [3, 1, 2, 5]];
        var model = _context.Transforms.MatchComponents(_columns, new MatchComponentsOptions { NormalizeInput = false, Components = 2, TakeReferenceMean = takeMean })
            .Fit(PairedEmbeddings.From(own, reference).ToDataView(_context));
        var (ownMean, goal) = (Mean(own), takeMean ? Mean(reference) : Mean(own));
        var expected = own.Select(row => row.Select((x, d) => goal[d] + (d is 0 or 2 ? x - ownMean[d] : 0)).ToArray()).ToArray();
        PairedEmbeddings.From(own, reference).AssertMapped(model, Normalize(expected), Normalize(reference));
    }

    [TestMethod]
    public void Match_OfMoreComponentsThanTheReferenceHas_KeepsThoseThereAre()
    {
        double[][] own = [[1, 2, 3], [4, 3, 2], [0, 2, 0]];
        double[][] reference = [[1, 0, 1], [2, 0, 1], [3, 0, 1]];
        var model = _context.Transforms.MatchComponents(_columns, new MatchComponentsOptions { NormalizeInput = false }).Fit(PairedEmbeddings.From(own, reference).ToDataView(_context));
        var mean = Mean(own);
        PairedEmbeddings.From(own, reference).AssertMapped(model, Normalize([.. own.Select(row => (double[])[row[0], mean[1], mean[2]])]), Normalize(reference));
        double[][] still = [[1, 0, 1], [1, 0, 1], [1, 0, 1]];
        Assert.Contains("'Text' are the same", Assert.ThrowsExactly<InvalidDataException>(
            () => _context.Transforms.MatchComponents("Image", "Text").Fit(PairedEmbeddings.From(own, still).ToDataView(_context))).Message);
    }

    [TestMethod]
    public void Methods_OnWhatTheyCannotUse_SaySo()
    {
        var uneven = PairedEmbeddings.Create(textDimension: 5).ToDataView(_context);
        Assert.Contains("one space", Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.TransportModalities("Image", "Text").Fit(uneven)).Message);
        Assert.Contains("one space", Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.MatchComponents("Image", "Text").Fit(uneven)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.TransportModalities(ModalityColumns.PerColumn("A", "B", "C")));
        var pairs = PairedEmbeddings.Create().ToDataView(_context);
        Assert.Contains("'Sound'", Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.TransportModalities(_columns, new() { Towards = "Sound" }).Fit(pairs)).Message);
        Assert.Contains("'Sound'", Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.MatchComponents(_columns, new() { Reference = "Sound" }).Fit(pairs)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TransportModalitiesOptions { Regularization = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TransportModalitiesOptions { Shrinkage = double.NaN });
    }

    /// <summary>Rows whose dimensions differ in spread and in shape, so that no other rotation lays them onto themselves.</summary>
    private static double[][] CreateSkewedRows(int count, int dimension)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(d => (dimension - d) * (-Math.Log(1 - random.NextDouble()) - 1)).ToArray())];
    }

    private static double[][] Turn(int first, int second, double degrees)
    {
        var turn = Identity(4);
        var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
        (turn[first][first], turn[first][second], turn[second][first], turn[second][second]) = (cosine, -sine, sine, cosine);
        return turn;
    }
}
