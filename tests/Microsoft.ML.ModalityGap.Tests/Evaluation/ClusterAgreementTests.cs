namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public class ClusterAgreementTests
{
    // Values that scikit-learn's documentation of adjusted_rand_score, homogeneity_score, completeness_score and v_measure_score states, as digits and as fractions.
    [TestMethod]
    [DataRow("0 0 1 2", "0 0 1 1", 4.0 / 7, 2.0 / 3, 1, 0.8)]
    [DataRow("0 0 1 1", "0 0 1 2", 4.0 / 7, 1, 2.0 / 3, 0.8)]
    [DataRow("0 0 1 1", "1 1 0 0", 1, 1, 1, 1)]
    [DataRow("0 0 0 0", "0 1 2 3", 0, 1, 0, 0)]
    [DataRow("0 1 2 3", "0 0 1 1", 0, 0.5, 1, 2.0 / 3)]
    [DataRow("0 0 1 1", "0 1 2 3", 0, 1, 0.5, 2.0 / 3)]
    [DataRow("0 0 1 1", "0 1 0 1", -0.5, 0, 0, 0)]
    [DataRow("0 0 1 1", "0 0 0 0", 0, 0, 1, 0)]
    [DataRow("0 0 0 1 1 1", "0 0 1 1 2 2", 0.24242424242424243, 2.0 / 3, 0.4206198357143049, 0.5158037429793889)]
    [DataRow("5", "3", 1, 1, 1, 1)]
    public void ClusterAgreement_KnownPartitions_HasTheValuesOfScikitLearn(string groups, string clusters, double ari, double homogeneity, double completeness, double v)
    {
        const double Tolerance = 1e-12;
        var agreement = new ClusterAgreement(groups.Split(' '), [.. clusters.Split(' ').Select(int.Parse)]);
        Assert.AreEqual(ari, agreement.AdjustedRandIndex, Tolerance, "ARI");
        Assert.AreEqual(homogeneity, agreement.Homogeneity, Tolerance, "homogeneity");
        Assert.AreEqual(completeness, agreement.Completeness, Tolerance, "completeness");
        Assert.AreEqual(v, agreement.VMeasure, Tolerance, "V-measure");
        Assert.AreEqual(v, agreement.GetNormalizedMutualInformation(), Tolerance, "NMI, arithmetic, is the V-measure");
    }

    [TestMethod]
    public void GetNormalizedMutualInformation_EachNormalisation_DividesByWhatItNames()
    {
        // Groups of 3 and 3, clusters of 2, 2 and 2, one of them mixed: H(groups) = ln 2, H(clusters) = ln 3, I = 2/3 ln 2.
        var agreement = new ClusterAgreement(["a", "a", "a", "b", "b", "b"], [0, 0, 1, 1, 2, 2]);
        var mutual = 2.0 / 3 * Math.Log(2);
        Assert.AreEqual(mutual / ((Math.Log(2) + Math.Log(3)) / 2), agreement.GetNormalizedMutualInformation(MutualInformationNormalization.Arithmetic), 1e-12);
        Assert.AreEqual(mutual / Math.Sqrt(Math.Log(2) * Math.Log(3)), agreement.GetNormalizedMutualInformation(MutualInformationNormalization.Geometric), 1e-12);
        Assert.AreEqual(mutual / Math.Log(2), agreement.GetNormalizedMutualInformation(MutualInformationNormalization.Min), 1e-12);
        Assert.AreEqual(mutual / Math.Log(3), agreement.GetNormalizedMutualInformation(MutualInformationNormalization.Max), 1e-12);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => agreement.GetNormalizedMutualInformation((MutualInformationNormalization)7));
    }

    [TestMethod]
    public void ClusterAgreement_RandomPartitions_EqualsCountsOverAllPairs()
    {
        var random = new Random(6);
        var groups = Enumerable.Range(0, 120).Select(_ => random.Next(5)).ToArray();
        var clusters = groups.Select(group => random.Next(3) == 0 ? random.Next(4) : group % 4).ToArray();
        double both = 0, groupPairs = 0, clusterPairs = 0, all = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = i + 1; j < groups.Length; j++)
            {
                all++;
                groupPairs += groups[i] == groups[j] ? 1 : 0;
                clusterPairs += clusters[i] == clusters[j] ? 1 : 0;
                both += groups[i] == groups[j] && clusters[i] == clusters[j] ? 1 : 0;
            }
        }

        // Hubert and Arabie: (index − expected)/(maximum − expected).
        var expected = groupPairs * clusterPairs / all;
        var agreement = new ClusterAgreement([.. groups.Select(group => $"g{group}")], clusters);
        Assert.AreEqual((both - expected) / ((groupPairs + clusterPairs) / 2 - expected), agreement.AdjustedRandIndex, 1e-12);
    }
}
