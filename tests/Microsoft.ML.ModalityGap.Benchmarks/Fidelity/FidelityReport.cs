using System.Text;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Writes docs/fidelity.md: what papers define or report, what the library makes of it on the same or the nearest data at hand, and how the two agree.</summary>
internal static class FidelityReport
{
    private const string Head = """
        # Fidelity

        Each line is computed by `dotnet run -c Release --project tests/Microsoft.ML.ModalityGap.Benchmarks -- fidelity CLIP.NPY docs/fidelity.md`, on 500 pairs of CLIP's embeddings (`mind-the-gap/clip.npy`), which wrote this page. The
        I0T paper (An et al., ACL 2025, arXiv 2412.14384) reports figures of COCO's pairs and of encoders whose weights are not at hand: where a figure is compared, near is what can be had; where a formula is, equal.


        """;

    private const string Tail = """

        ## What cannot be had

        - **The encoder dropout of I0T_async (MCSIE)**: two views of a batch by dropout inside the encoders. Embeddings here are frozen, so there is one view.
        - **The EMNLP paper's table values**: its language models are not at hand. What a model said is drawn here, and what is made of it is held against the formulas.
        - **The paper's own table values on COCO, Flickr8k and the captioning benchmarks**: neither these images nor CLIP's weights are at hand; the benchmarks' protocols are options (`CaptionRatings.Each` and `Mean` for Flickr8k-Expert's three ratings a caption).
        - **The paper's gap of 0.48 for I0T_async**: its running statistics come from another distribution than its test set's. The lines above show both settings on the data at hand.

        ## Where we differ on purpose

        - `TrainModalityNormalizationOptions.Default` has the paper's loss at a learning rate of 1e-4, a hundred times the paper's, at which γ and β learn something; `Paper` has the paper's.
        - `RegressionSeparability` keeps both rows of a pair on the same side of its 70/30 split.
        - RefI0T-S is the harmonic mean where both of its cosines are positive, and the lower of them elsewhere, since a harmonic mean of numbers of both signs has no bounds.
        - `DualInvertedSoftmax` has other default temperatures than its paper's code ([retrieval.md](retrieval.md)).
        - Dynamic `DualInvertedSoftmax` puts the similarity in the place of a factor that a query does not activate, as the paper does; where it activates neither, it ranks by the similarity and not by its square, which differs where similarities are negative.
        - The authors' RankCS sorts ties by entailment, neutral, contradiction, and looks for keywords of several words in answers without spaces; here the order of the options decides, and such keywords are found.
        """;

    /// <param name="file">Pairs of shape (2, N, D).</param>
    /// <param name="output">Where to write; <see langword="null"/> for the console.</param>
    public static int Run(string file, string? output)
    {
        var data = new FidelityData(new MLContext(seed: 1), file);
        var page = new StringBuilder(Head);
        Append(page, "Formulas", "by the formula", FormulaChecks.Run(data));
        page.AppendLine();
        Append(page, "Human disagreement (Lee, An and Thorne, EMNLP 2023)", "by the formula", DisagreementChecks.Run(data.Context));
        page.AppendLine();
        Append(page, "Figures of the I0T paper", "in the paper", FigureChecks.Run(data));
        page.AppendLine(Tail);
        if (output is null)
            Console.Write(page);
        else
            AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(page.ToString())));
        return 0;
    }

    private static void Append(StringBuilder page, string title, string paper, IEnumerable<FidelityRow> rows)
    {
        page.Append("## ").AppendLine(title).AppendLine();
        page.Append("| item | ").Append(paper).AppendLine(" | ours | agreement |").AppendLine("| --- | --- | --- | --- |");
        foreach (var row in rows)
            page.Append("| ").AppendJoin(" | ", row.Item, row.Paper, row.Ours, row.Agreement).AppendLine(" |");
    }
}
