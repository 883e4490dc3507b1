namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class RowKernelsTests
{
    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void IndexOfNotFinite_AtAnyPlaceOfAnyLength_IsThatPlace(float value)
    {
        for (var length = 1; length <= 150; length++)
        {
            for (var place = 0; place < length; place++)
            {
                var row = Enumerable.Range(0, length).Select(i => i - 40f).ToArray();
                row[place] = value;

                Assert.AreEqual(place, RowKernels.IndexOfNotFinite(row), $"{length} values, {value} at {place}");

                row[length - 1] = value;
                Assert.AreEqual(place, RowKernels.IndexOfNotFinite(row), $"{length} values, another at the end");
            }
        }
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(-1e-45f)]
    [DataRow(float.MaxValue)] // its square is infinite
    public void IndexOfNotFinite_OfFiniteValues_IsNone(float value)
    {
        for (var length = 0; length <= 150; length++)
            Assert.AreEqual(-1, RowKernels.IndexOfNotFinite(Enumerable.Repeat(value, length).ToArray()));
    }
}
