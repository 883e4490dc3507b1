namespace Microsoft.ML.ModalityGap;

/// <summary>The terms of a report, each in a sentence or two.</summary>
internal static class ReportDefinitions
{
    internal static IReadOnlyList<(string Term, string Definition)> All { get; } =
    [
        ("Modality gap", "Two kinds of things, such as images and texts, that an encoder puts into one space but into different regions of it. So anything that compares across kinds is biased by the kind."),
        ("Centroid distance", "‖μ_x − μ_y‖, the distance of the means: 0 when closed, 2 at most (L2M in the I0T paper, arXiv 2412.14384)."),
        ("Severity", "The centroid distance in the I0T paper's words: severe from 0.63, moderate from 0.19, low below."),
        ("Minimum cosine distance", "The smallest 1 − x̂·ŷ of any row of one modality and any of the other: how near the two come to each other at all."),
        ("Mean pair distance and cosine", "The means of ‖x̂ − ŷ‖ (L2I) and of x̂·ŷ over the pairs."),
        ("Relative modality gap", "How far partners are apart, compared with strangers of the same modality: d̄_pairs / (½(d̄_xx + d̄_yy) + d̄_pairs) with d = (1 − cos)/2. 0.5 means as far as strangers; less is better."),
        ("Alignment", "The mean of ‖x̂ − ŷ‖² over the pairs (Wang and Isola, 2020): 0 when partners coincide."),
        ("Uniformity", "log of the mean of exp(−2‖x̂_i − x̂_j‖²) within a modality: lower is more spread out, 0 when all coincide."),
        ("Linear separability", "The accuracy of a logistic regression, on pairs held out, at telling the modalities apart: 1 when a plane parts them, about 0.5 when the gap is closed by a map that was fitted on other rows, "
            + "less (0.35, say) when it was fitted on the very rows measured. 1 − MSE is the I0T paper's LS, of a linear least-squares regression fitted on 70 % of the pairs: 1 apart, 0.75 when it always answers ½, and without "
            + "a lower bound where rows are about as many as dimensions."),
        ("Effective rank", "exp(−Σ p ln p) with p = σ/Σσ, σ the singular values of a modality's vectors around their mean (Roy and Vetterli, 2007): over how many directions they spread, from 1 to the number of dimensions."),
        ("Hubness", "The skewness of how often a row is among the nearest of queries of the other modality: about 0 without hubs; the larger, the more a few rows crowd out others (Radovanović et al., 2010)."),
        ("NDCG@10", "1/log₂(1 + rank) of what is relevant, summed over the first 10 and divided by the best there could be; here one document is relevant to a query."),
        ("Rank bias", "In a gallery of several modalities: the share of irrelevant documents of the relevant one's own modality ranked before it, less that of the others'. 0 is fair, −1 is last whatever the content."),
        ("Corrected scores", "(s − bias − m)/d, with s the cosine behind the maps: the bias is how near a row is to queries at large, m and d are the mean and deviation of what queries of one kind score with rows of the other, or of their own."),
        ("Recall@k", "The share of queries whose partner is among the first k of the other modality, by cosine."),
    ];
}
