using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Data;

[TestClass]
public class LoadFromEnumerableTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Members_OfAnyKind_AreVectorsOfSingle()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 20).Select(_ => new Item
        {
            Array = [.. Enumerable.Range(0, 3).Select(_ => random.NextSingle())],
            Memory = new float[] { random.NextSingle(), random.NextSingle(), random.NextSingle() },
            Doubles = [random.NextDouble(), random.NextDouble(), random.NextDouble()],
        }).ToArray();
        var data = _context.ModalityGap().LoadFromEnumerable(
            rows, ("Array", row => row.Array), ("Memory", row => row.Memory), ("Doubles", row => System.Array.ConvertAll(row.Doubles, value => (float)value)));
        foreach (var column in data.Schema)
            Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3), column.Type, column.Name);
        var (arrays, memories, doubles) = (data.GetColumn<float[]>("Array").ToArray(), data.GetColumn<float[]>("Memory").ToArray(), data.GetColumn<float[]>("Doubles").ToArray());
        for (var i = 0; i < rows.Length; i++)
        {
            CollectionAssert.AreEqual(rows[i].Array, arrays[i]);
            CollectionAssert.AreEqual(rows[i].Memory.ToArray(), memories[i]);
            CollectionAssert.AreEqual(System.Array.ConvertAll(rows[i].Doubles, value => (float)value), doubles[i]);
        }

        Assert.IsNotNull(_context.Transforms.CenterModalities("Array", "Doubles").Fit(data).Transform(data));
    }

    [TestMethod]
    public void LazyRows_AreEnumeratedOnce()
    {
        var passes = 0;
        IEnumerable<float[]> Read()
        {
            passes++;
            for (var i = 0; i < 10; i++)
                yield return [i, 1];
        }

        var data = _context.ModalityGap().LoadFromEnumerable(Read(), ("Embedding", row => row));
        var mapped = _context.Transforms.CenterModalities("Embedding").Fit(data).Transform(data).GetColumn<float[]>("Embedding").ToArray();
        Assert.HasCount(10, mapped);
        Assert.AreEqual(1, passes);
    }

    [TestMethod]
    public void Rows_ThatCannotBeUsed_AreNamed()
    {
        float[][] uneven = [[1, 2], [1, 2, 3]];
        Assert.Contains("row 1 has 3 dimensions, but 2 is expected", Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromEnumerable(uneven, ("A", row => row))).Message);
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromEnumerable(new float[][] { [] }, ("A", row => row)));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromEnumerable(System.Array.Empty<float[]>(), ("A", row => row)));
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().LoadFromEnumerable(uneven, ("A", row => row), ("A", row => row)));
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().LoadFromEnumerable(uneven));
    }

    private sealed class Item
    {
        public float[] Array { get; set; } = [];

        public ReadOnlyMemory<float> Memory { get; set; }

        public double[] Doubles { get; set; } = [];
    }
}
