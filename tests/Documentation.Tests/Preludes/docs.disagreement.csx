// a language model and a service, both of which always say the same
var ml = new MLContext(seed: 1);
var chatClient = new SayingNeutral();
var httpClient = SayingNeutral.CreateHttpClient();
