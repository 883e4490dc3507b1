using System.Net;
using Microsoft.ML.ModalityGap;
using Orleans.TestingHost;

namespace SearchService.Tests;

/// <summary>A service whose gallery is searched by a cluster answers as one that searches it itself.</summary>
[TestClass]
public class ClusterTests
{
    [TestMethod]
    public async Task Search_OnACluster_IsThatOfTheProcess()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-service-cluster-").FullName;
        try
        {
            await using var alone = await RunningService.StartAsync();
            var builder = new InProcessTestClusterBuilder(2);
            builder.Options.ConfigureFileLogging = false;
            builder.ConfigureSilo((_, silo) => silo.AddModalityGap(options => options.Folder = folder));
            await using var cluster = builder.Build();
            await cluster.DeployAsync();
            await using var together = await alone.StartAnotherAsync(cluster.Client);
            var caption = Uri.EscapeDataString(RunningService.Pairs.Shown[3].Caption);
            string[] questions = ["k=20", "k=7&closed=false", "k=5&modality=image", "k=30&minimumProbability=0.5"];
            foreach (var question in questions)
                Assert.AreEqual(await FindAsync(alone, $"/search?q={caption}&{question}"), await FindAsync(together, $"/search?q={caption}&{question}"), question);

            // Each index is on both silos.
            await cluster.KillSiloAsync(cluster.Silos[1]);
            Assert.AreEqual(await FindAsync(alone, $"/search?q={caption}"), await FindAsync(together, $"/search?q={caption}"));
            await cluster.KillSiloAsync(cluster.Silos[0]);
            using var response = await together.Client.GetAsync(new Uri($"/search?q={caption}", UriKind.Relative));
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> FindAsync(RunningService service, string path) => (await service.GetAsync(path)).GetProperty("results").GetRawText();
}
