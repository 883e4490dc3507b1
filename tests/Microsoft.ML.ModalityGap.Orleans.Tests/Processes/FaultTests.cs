using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>
/// Silos in processes of their own are killed, cut off and stand still while they work: nothing is lost, nothing counted twice, all results are those of one process bit for bit, and each search has its answer or a clear error by
/// its deadline.
/// </summary>
[TestClass]
[DoNotParallelize]
public class FaultTests(TestContext context)
{
    /// <summary><c>$MODALITY_GAP_KILLS</c> says how many, for a longer run by hand, and <c>$MODALITY_GAP_SEED</c> which and when.</summary>
    [TestMethod]
    public async Task Killed_WithAndWithoutCoordinator_NothingIsLost()
    {
        var (kills, coordinators) = (Read("MODALITY_GAP_KILLS", 10), 0);
        var random = new Random(Read("MODALITY_GAP_SEED", 1));
        await using var workload = await Workload.StartAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(200, 1500));
            await workload.CheckAsync();
            var victim = random.Next(Workload.Silos);
            if (kill % 3 == 0)
                (victim, coordinators) = (await workload.WaitForCoordinatorAsync(), coordinators + 1);
            workload.GetSilo(victim).Kill();
            await Task.Delay(random.Next(0, 1000));
            await workload.RestartAsync(victim);
        }

        context.WriteLine($"{kills} silos were killed, {coordinators} of them for the coordinator. {await workload.FinishAsync()}");
    }

    [TestMethod]
    public async Task CutOffForFiveSeconds_NothingIsLost()
    {
        using var network = Network.Create(Workload.Silos);
        await using var workload = await Workload.StartAsync(network);
        await Task.Delay(2000);
        var victim = await workload.FindCoordinatorAsync() ?? 0;
        network.Cut(victim, isCut: true);
        await Task.Delay(5000);
        network.Cut(victim, isCut: false);
        await SettleAsync(workload);
        context.WriteLine($"A silo was cut off for 5 s. {await workload.FinishAsync()}");
    }

    [TestMethod]
    [DataRow(6)]
    public async Task StandsStill_NothingIsLost(int seconds)
    {
        await using var workload = await Workload.StartAsync();
        await Task.Delay(2000);
        var victim = await workload.FindCoordinatorAsync() ?? 0;
        workload.GetSilo(victim).Pause(true);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        workload.GetSilo(victim).Pause(false);
        await SettleAsync(workload);
        context.WriteLine($"A silo stood still for {seconds} s. {await workload.FinishAsync()}");
    }

    /// <summary>A silo that was taken for dead meanwhile finds that out and ends; it is started again.</summary>
    private static async Task SettleAsync(Workload workload)
    {
        for (var i = 0; i < 10 && workload.EndedAlone == 0; i++)
        {
            await Task.Delay(1000);
            await workload.CheckAsync();
            await workload.RestartAsync();
        }

        await Task.Delay(2000);
        await workload.RestartAsync();
    }

    private static int Read(string variable, int usual) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
