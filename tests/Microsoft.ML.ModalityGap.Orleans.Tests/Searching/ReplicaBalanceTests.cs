namespace Microsoft.ML.ModalityGap.Tests.Searching;

[TestClass]
public sealed class ReplicaBalanceTests
{
    private static readonly string[] _silos = ["A", "B", "C", "D"];

    [TestMethod]
    public void Choose_ReplicasOnOneSilo_OneOfThemGoes()
    {
        CollectionAssert.AreEqual(new[] { (1, 1) }, ReplicaBalance.Choose([["A", "B"], ["B", "B"]], ["A", "B"]).ToArray(), "1 belongs to A");
        CollectionAssert.AreEqual(new[] { (0, 1) }, ReplicaBalance.Choose([["A", "A"], [null, "B"]], ["A", "B"]).ToArray(), "whatever is not loaded");
        Assert.IsEmpty(ReplicaBalance.Choose([["A", "A"]], ["A"]), "there is no other");
    }

    [TestMethod]
    public void Choose_WhileAReplicaIsNotLoaded_OrIsAlone_NothingMovesForEvenness()
    {
        Assert.IsEmpty(ReplicaBalance.Choose([["B", "C"], ["B", "C"], ["B", null]], ["A", "B", "C"]));
        Assert.IsEmpty(ReplicaBalance.Choose([["B"], ["B"], ["B"]], ["A", "B", "C"]));
    }

    /// <summary>Whatever state silos that come and go have left: within few turns replicas lie apart, silos hold nearly as many as each other, and never does a shard lose more than one replica at once.</summary>
    [TestMethod]
    public void Choose_TurnByTurn_EndsApartAndEven()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 300; trial++)
        {
            var silos = _silos[..random.Next(2, 5)];
            var replicas = random.Next(2, silos.Length + 1);
            var homes = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Enumerable.Range(0, replicas).Select(_ => (string?)silos[random.Next(Math.Max(1, silos.Length - 1))]).ToArray()).ToArray();
            for (var turn = 0; ; turn++)
            {
                var moved = ReplicaBalance.Choose(homes, silos);
                if (moved.Count == 0)
                    break;
                Assert.IsLessThan(200, turn);
                Assert.HasCount(moved.Select(entry => entry.Shard).Distinct().Count(), moved);
                foreach (var (shard, replica) in moved)
                {
                    var place = silos[(shard + replica) % silos.Length];
                    Assert.AreNotEqual(place, homes[shard][replica]);
                    homes[shard][replica] = place;
                }
            }

            Assert.IsTrue(homes.All(shard => shard.Distinct().Count() == replicas), "apart");
            var held = silos.Select(silo => homes.Sum(shard => shard.Count(home => home == silo))).ToArray();
            Assert.IsLessThanOrEqualTo(2, held.Max() - held.Min(), string.Join(' ', held));
        }
    }
}
