var mlContext = new MLContext(seed: 1);
