namespace Microsoft.ML.ModalityGap;

/// <summary>What a relevant document of a grade adds to the discounted cumulative gain. Of grades 0 and 1 both are the same.</summary>
public enum NdcgGain
{
    /// <summary>The grade itself, as in trec_eval, BEIR and scikit-learn (Järvelin and Kekäläinen, 2002).</summary>
    Linear,

    /// <summary>2^grade − 1, as in web search (Burges et al., 2005).</summary>
    Exponential,
}
